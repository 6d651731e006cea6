// The rules of the game: what becomes of down, distance, spot, possession and score once it is known what happened on a
// play. Nothing is drawn here: the simulation (field.h) and the replay of real games (replay.h) both say what happened.
#pragma once

#include <algorithm>

#include "tables.h"

namespace nfl {

// Yards to the goal line after a touchback, but for those of kick-offs, which changed by season.
constexpr int kTouchback = 80;
constexpr int kSpotFoul = 20;  // yards: longer fouls of the defence are marked where they happened
constexpr int kEndZone = 10;  // yards, which the length of a field goal counts

// What an accepted foul does to the count of downs.
enum class Down : uint8_t {
    kAgain,    // the down is played again
    kCounted,  // the down is lost, too
    kNew       // automatic first down
};

class Course {
  public:
    Course(const Game &game, Lane &lane) : game_(game), lane_(lane) {}

    // Gives `side` the ball at first down, `yardline` yards from its goal.
    void possess(int side, int yardline) {
        lane_.offence = static_cast<uint8_t>(side);
        lane_.yardline = static_cast<int8_t>(std::clamp(yardline, 1, 99));
        first_down();
    }

    // The other side takes over where the ball is, counted from this side's goal: past the goal line a touchback.
    void turn_over(int yardline, DriveEnd why) {
        end_drive(why);
        possess(1 - lane_.offence, yardline <= 0 ? kTouchback : 100 - std::min(yardline, 99));
    }

    // Counts the drive of the side with the ball as ended; once a snap.
    void end_drive(DriveEnd why) {
        ++lane_.team[lane_.offence][int{kDriveEnds} + int{why}];
        drive_end_ = why;
    }

    // How the drive of the side that had the ball has ended; kDriveEndCount while it goes on.
    DriveEnd drive_end() const { return drive_end_; }

    // Moves the ball by a play that used up the down and did not score.
    void advance(int yards) { place(lane_.yardline - yards, Down::kCounted); }

    // Fouls of both sides: the down again from the same spot.
    void offset() { untimed_down_ = true; }

    // Marks off an accepted foul from `spot`, `yards` towards the goal line that the side with the ball attacks. One of
    // that side in its own end zone is a safety.
    void enforce(int spot, int yards, Down down) {
        if (spot >= 100 && yards < 0) return safety();
        untimed_down_ |= yards > 0;
        place(spot - half_the_distance(yards, spot), down);
    }

    // A foul of the defence that is marked where it happened, in the end zone at the 1.
    void enforce_at(int spot) {
        untimed_down_ = true;
        place(spot, Down::kNew);
    }

    // A foul after the play, which stands: a series that the play began begins where the foul is walked to.
    void enforce_after(int spot, int yards, Down down) {
        if (series_began_) walk_off(spot, yards, false);
        else enforce(spot, yards, down);
    }

    // Marks off a foul after the ball changed hands: the side that has it now begins its series there.
    void walk_off(int spot, int yards, bool in_play) {
        untimed_down_ |= in_play && yards > 0;
        possess(lane_.offence, spot - half_the_distance(yards, spot));
    }

    // Yards of a foul as marked off: at most half the distance to the goal line it is walked towards. Half a yard is
    // the gain of the side with the ball, as the league's scorers count.
    static int half_the_distance(int yards, int yardline) {
        return std::clamp(yards, -((100 - yardline) / 2), (yardline + 1) / 2);
    }

    // A ball fumbled at `loose` and out of bounds at `out`, as its side counts: fumbled forward it comes back.
    static int fumbled_out_of_bounds(int loose, int out) { return std::max(loose, out); }

    // `charged`: counts as points allowed by the other side's defence.
    void score(int side, int points, bool charged = true) {
        lane_.team[side][kPoints] += points;
        if (charged) lane_.defence[1 - side][kDefCharged] += points;
    }

    // A touchdown of the side with the ball; says whether a try follows.
    bool touchdown() {
        end_drive(kEndTouchdown);
        ++lane_.team[lane_.offence][kFirstDowns];
        return score_touchdown(lane_.offence, true);
    }

    // A touchdown of the other side, which took the ball away or was kicked it; says whether a try follows.
    bool return_touchdown(bool charged) {
        end_drive(kEndOpponentTouchdown);
        return score_return(1 - lane_.offence, charged);
    }

    // `distance`: yards of the kick.
    void field_goal(int distance) {
        end_drive(kEndFieldGoal);
        int16_t *team = lane_.team[lane_.offence];
        ++team[kFieldGoalsMade];
        ++team[distance >= 50 ? kFieldGoals50 : distance >= 40 ? kFieldGoals40 : kFieldGoalsUnder40];
        score(lane_.offence, 3);
        lane_.kick_to = static_cast<int8_t>(1 - lane_.offence);
    }

    // The other side's ball where it was kicked from, at worst on its 20.
    void missed_field_goal(int spot) { turn_over(std::max(spot, 100 - kTouchback), kEndMissedFieldGoal); }

    void extra_point(int side) {
        ++lane_.team[side][kExtraPoints];
        score(side, 1);
    }

    void safety() {
        const int defence = 1 - lane_.offence;
        end_drive(kEndSafety);
        ++lane_.defence[defence][kDefSafeties];
        score(defence, 2, false);
        lane_.kick_to = static_cast<int8_t>(defence);
        lane_.free_kick = true;
    }

    void kick_taken() {
        lane_.kick_to = -1;
        lane_.free_kick = false;
    }

    // A punt that its receivers touched and the kickers recovered: in overtime the receivers have had their possession.
    void punt_muffed(int kicker, int spot) {
        if (lane_.phase == OvertimePhase::kFirst) lane_.phase = OvertimePhase::kSudden;
        possess(kicker, spot);
    }

    void kickoff_touchback(int receiver) { possess(receiver, game_.kickoff_touchback); }

    // Kicked from `spot` and out of bounds at `out`, as the receivers count: theirs is the better of the two places.
    void kicked_out_of_bounds(int receiver, int spot, int out) {
        possess(receiver, std::min(out, spot + game_.out_of_bounds_yards));
    }

    // A kick-off returned, or a free kick, for a touchdown; says whether a try follows.
    bool kick_touchdown(int side) { return score_return(side, true); }

    void open(int receiver) {
        lane_.opening = static_cast<uint8_t>(receiver);
        start_period(kFirstHalf, receiver);
    }

    // Ends a play: overtime rules, clock, end of the period. `toss` tells who receives first in overtime.
    template <class Toss>
    void run_off(int seconds, Toss toss) {
        lane_.clock = static_cast<int16_t>(std::max(lane_.clock - seconds, stop(lane_.half, lane_.clock)));
        if (overtime_decided()) return;
        if (lane_.clock == 0 && !untimed_down_) end_period(toss);
    }

  protected:
    // Where the clock stops in any case during a play or after it: at the end of a quarter or half, and at the
    // two-minute warning, which lets a play end.
    static int stop(Half half, int clock) {
        if (half != kOvertime && clock > kQuarterSeconds) return kQuarterSeconds;
        return clock > kWarning ? std::min(clock - kLivePlay, kWarning) : 0;
    }

    bool overtime_decided() {
        if (lane_.half != kOvertime) return lane_.over;
        const int lead = lane_.margin(lane_.opening);
        const bool moved_on = lane_.offence != lane_.opening && lane_.kick_to != lane_.opening;
        const bool ball_is_live = lane_.kick_to < 0;
        if (lane_.phase == OvertimePhase::kFirst) {
            if (lead > 0 && (lead == 3 || game_.overtime == OvertimeRule::kBothPossess))
                lane_.phase = OvertimePhase::kAnswer;
            else if (lead != 0)
                end_game();
            else if (ball_is_live && moved_on)
                lane_.phase = OvertimePhase::kSudden;
        } else if (lane_.phase == OvertimePhase::kAnswer) {
            if (lead == 0)
                lane_.phase = OvertimePhase::kSudden;
            else if (lead < 0 || !ball_is_live || !moved_on)  // a score that leaves it behind ends an answer, too
                end_game();
        } else if (lead != 0) {
            end_game();
        }
        return lane_.over;
    }

    const Game &game_;
    Lane &lane_;

  private:
    void start_period(Half half, int receiver) {
        lane_.half = half;
        lane_.clock = half == kOvertime ? game_.overtime_seconds : kHalfSeconds;
        lane_.kick_to = static_cast<int8_t>(receiver);
        lane_.free_kick = false;
    }

    template <class Toss>
    void end_period(Toss toss) {
        const bool undecided = lane_.margin(0) == 0 || lane_.phase == OvertimePhase::kAnswer;
        const bool further = lane_.half == kOvertime && game_.playoff && undecided;
        // A further period of overtime goes on like a new quarter: same ball, same spot.
        if (further) return void(lane_.clock = game_.overtime_seconds);
        end_drive_of_half();
        if (lane_.half == kFirstHalf) return start_period(kSecondHalf, 1 - lane_.opening);
        if (lane_.half == kOvertime || lane_.margin(0) != 0) return end_game();
        lane_.opening = static_cast<uint8_t>(toss());
        lane_.phase = game_.overtime == OvertimeRule::kSuddenDeath ? OvertimePhase::kSudden : OvertimePhase::kFirst;
        start_period(kOvertime, lane_.opening);
    }

    void end_game() {
        end_drive_of_half();
        lane_.over = true;
    }

    void end_drive_of_half() {
        if (drive_end_ == kDriveEndCount) end_drive(kEndOfHalf);
    }

    bool score_touchdown(int side, bool charged) {
        score(side, 6, charged);
        ++lane_.team[side][kTouchdowns];
        lane_.kick_to = static_cast<int8_t>(1 - side);
        return lane_.half != kOvertime || overtime_try(side);
    }

    bool score_return(int side, bool charged) {
        ++lane_.defence[side][kDefTouchdowns];
        return score_touchdown(side, charged);
    }

    // No try follows a touchdown that wins the game: in overtime any, unless the other side is still to have the ball
    // or the answer leaves `side` no more than level.
    bool overtime_try(int side) const {
        if (game_.overtime != OvertimeRule::kBothPossess) return false;
        if (lane_.phase == OvertimePhase::kFirst) return side == lane_.opening;
        return lane_.phase == OvertimePhase::kAnswer && side != lane_.opening && lane_.margin(side) <= 0;
    }

    // Puts the ball down; the line to gain stays, unless it is reached or the series starts anew.
    void place(int yardline, Down down) {
        const int line = lane_.yardline - lane_.to_go;
        lane_.yardline = static_cast<int8_t>(std::clamp(yardline, 1, 99));
        if (down == Down::kNew || lane_.yardline <= line) {
            ++lane_.team[lane_.offence][kFirstDowns];
            return first_down();
        }
        lane_.to_go = static_cast<int8_t>(lane_.yardline - line);
        if (down == Down::kCounted && ++lane_.down > 4) turn_over(lane_.yardline, kEndDowns);
    }

    void first_down() {
        series_began_ = true;
        lane_.down = 1;
        lane_.to_go = std::min<int8_t>(10, lane_.yardline);
    }

    // Of this play:
    DriveEnd drive_end_ = kDriveEndCount;
    bool series_began_ = false;
    bool untimed_down_ = false;  // the defence fouled, or both sides: the period does not end with it
};

}  // namespace nfl
