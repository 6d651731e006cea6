// The course of a game between snaps: possession, first downs, scores, tries, kick-offs, halves and
// overtime. What happens on a snap is snap.h.
#pragma once

#include "tables.h"

namespace nfl {

using engine::Source;

// Yards from the goal line attacked: where a touchback and where a kick out of bounds puts the ball.
constexpr int kTouchback = 80;
constexpr int kOnsideSpot = 45;       // an onside kick is dead about the receivers' 45
constexpr int kOnsideSeconds = 300;   // onside kicks are tried in the last five minutes

class Field {
  public:
    Field(const Tables &tables, const Game &game, Source source, Lane &lane)
        : tables_(tables), game_(game), source_(source), lane_(lane) {}

    void open() {
        const Draws toss = next_draws();
        lane_.opening = toss[0] & 1;
        start_period(kFirstHalf, lane_.opening);
    }

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

    void first_down() {
        lane_.down = 1;
        lane_.to_go = std::min<int8_t>(10, lane_.yardline);
    }

    void earn_first_down() {
        ++lane_.team[lane_.offence][kFirstDowns];
        first_down();
    }

    // Counts the drive of the side with the ball as ended; once a snap.
    void end_drive(DriveEnd why) {
        int16_t *team = lane_.team[lane_.offence];
        ++team[kDrives];
        ++team[int{kDriveEnds} + int{why}];
        drive_ended_ = true;
    }

    // Moves the ball by a play that used up the down and did not score.
    void advance(int yards) {
        lane_.yardline = static_cast<int8_t>(std::clamp(lane_.yardline - yards, 1, 99));
        if (yards >= lane_.to_go) return earn_first_down();
        lane_.to_go = static_cast<int8_t>(std::min(lane_.to_go - yards, 99));
        if (++lane_.down > 4) turn_over(lane_.yardline, kEndDowns);
    }

    // A foul that leaves the play standing: one of the defence gives a first down, one of the offence the down again.
    void advance_with_foul(int yards, int foul) {
        const int spot = std::clamp(lane_.yardline - yards, 1, 99);
        const int left = lane_.to_go - yards - foul;
        lane_.yardline = static_cast<int8_t>(spot - half_the_distance(foul, spot));
        if (foul > 0 || left <= 0) return earn_first_down();
        lane_.to_go = static_cast<int8_t>(std::min(left, 99));
    }

    // Yards of a foul as marked off: at most half the distance to the goal line it is walked towards.
    static int half_the_distance(int yards, int yardline) {
        return std::clamp(yards, -((100 - yardline) / 2), yardline / 2);
    }

    // `charged`: counts as points allowed by the other side's defence.
    void score(int side, int points, bool charged = true) {
        lane_.team[side][kPoints] += points;
        if (charged) lane_.defence[1 - side][kDefCharged] += points;
    }

    // A touchdown of the side with the ball; `record`: the distributions of the scoring snap.
    void touchdown(const uint16_t *record) {
        end_drive(kEndTouchdown);
        ++lane_.team[lane_.offence][kFirstDowns];
        score_touchdown(lane_.offence, record);
    }

    // A touchdown of the other side, which took the ball away or was kicked it.
    void return_touchdown(bool charged) {
        end_drive(kEndOpponentTouchdown);
        score_return(1 - lane_.offence, charged);
    }

    void field_goal() {
        end_drive(kEndFieldGoal);
        ++lane_.team[lane_.offence][kFieldGoalsMade];
        score(lane_.offence, 3);
        lane_.kick_to = static_cast<int8_t>(1 - lane_.offence);
    }

    void safety() {
        const int defence = 1 - lane_.offence;
        end_drive(kEndSafety);
        ++lane_.defence[defence][kDefSafeties];
        score(defence, 2, false);
        lane_.kick_to = static_cast<int8_t>(defence);
        lane_.free_kick = true;
    }

    // Ends a snap: overtime rules, clock, end of the period, kick-offs.
    void settle(int seconds) {
        lane_.clock = static_cast<int16_t>(std::max(0, lane_.clock - seconds));
        if (overtime_decided()) return;
        if (lane_.clock == 0) return end_period();
        while (lane_.kick_to >= 0 && !lane_.over) {
            kick_off();
            if (overtime_decided()) return;
        }
    }

    Draws next_draws() { return source_.play(lane_.plays++); }

  private:
    void start_period(Half half, int receiver) {
        lane_.half = half;
        lane_.clock = half == kOvertime ? game_.overtime_seconds : kHalfSeconds;
        lane_.kick_to = static_cast<int8_t>(receiver);
        lane_.free_kick = false;
        settle(0);
    }

    void end_period() {
        if (lane_.half == kFirstHalf) {
            end_drive_of_half();
            return start_period(kSecondHalf, 1 - lane_.opening);
        }
        if (lane_.margin(0) != 0) return end_game();
        if (lane_.half == kSecondHalf) return open_overtime();
        if (!game_.playoff) return end_game();
        // A further period of a playoff game goes on like a new quarter: same ball, same spot.
        lane_.clock = game_.overtime_seconds;
        settle(0);
    }

    void open_overtime() {
        end_drive_of_half();
        lane_.opening = next_draws()[0] & 1;
        lane_.phase = OvertimePhase::kFirst;
        start_period(kOvertime, lane_.opening);
    }

    void end_game() {
        end_drive_of_half();
        lane_.over = true;
    }

    void end_drive_of_half() {
        if (!drive_ended_) end_drive(kEndOfHalf);
    }

    // Rule 16 as of 2012: a first possession ended by a field goal gives the other side one possession.
    bool overtime_decided() {
        if (lane_.half != kOvertime) return lane_.over;
        const int lead = lane_.margin(lane_.opening);
        const bool moved_on = lane_.offence != lane_.opening && lane_.kick_to != lane_.opening;
        if (lane_.phase == OvertimePhase::kFirst) {
            if (lead == 3)
                lane_.phase = OvertimePhase::kAnswer;
            else if (lead != 0)
                end_game();
            else if (lane_.kick_to < 0 && moved_on)
                lane_.phase = OvertimePhase::kSudden;
        } else if (lane_.phase == OvertimePhase::kAnswer) {
            if (lead == 0)
                lane_.phase = OvertimePhase::kSudden;
            else if (lead < 0 || (lane_.kick_to < 0 && !moved_on))
                end_game();
        } else if (lead != 0) {
            end_game();
        }
        return lane_.over;
    }

    void score_touchdown(int side, const uint16_t *record, bool charged = true) {
        score(side, 6, charged);
        ++lane_.team[side][kTouchdowns];
        lane_.kick_to = static_cast<int8_t>(1 - side);
        if (lane_.half == kOvertime) return;
        attempt_try(side, record);
    }

    void score_return(int side, bool charged) {
        ++lane_.defence[side][kDefTouchdowns];
        score_touchdown(side, nullptr, charged);
    }

    // `record`: the distributions of the scoring snap, null unless `side` was its offence.
    void attempt_try(int side, const uint16_t *record) {
        const Special &special = tables_.special;
        const Draws draws = next_draws();
        const int margin = std::clamp<int>(lane_.margin(side), -kMaxMargin, kMaxMargin) + kMaxMargin;
        const double go = special.two_point_try[lane_.fourth_quarter() * (2 * kMaxMargin + 1) + margin];
        if (!draws.happens(0, go)) {
            if (draws.happens(1, special.extra_point)) score(side, 1);
            return;
        }
        if (!draws.happens(1, special.two_point)) return;
        score(side, 2);
        if (record != nullptr) credit_two_points(side, record, draws);
    }

    // The targets of the scoring snap stand in for those of the try, which the network does not model.
    void credit_two_points(int side, const uint16_t *record, const Draws &draws) {
        const Side &players = game_.sides[side];
        auto &stats = lane_.players[side];
        if (draws.happens(2, tables_.special.two_point_pass)) {
            const int slot = engine::sample(record, tables_.layout.group(kHeadTargetPass), draws[3]);
            ++stats[players.quarterback][kTwoPoints];
            ++stats[players.receiver[slot]][kTwoPoints];
        } else {
            const int slot = engine::sample(record, tables_.layout.group(kHeadTargetRun), draws[3]);
            ++stats[players.rusher[slot]][kTwoPoints];
        }
    }

    void kick_off() {
        const Special &special = tables_.special;
        const int receiver = lane_.kick_to, kicker = 1 - receiver;
        const bool free_kick = lane_.free_kick;
        lane_.kick_to = -1;
        lane_.free_kick = false;
        const Draws draws = next_draws();
        if (!free_kick && onside(kicker) && draws.happens(0, special.onside_attempt)) {
            const bool recovered = draws.happens(1, special.onside_recovered);
            return recovered ? possess(kicker, 100 - kOnsideSpot) : possess(receiver, kOnsideSpot);
        }
        if (draws.happens(2, special.kickoff_touchdown)) {
            possess(receiver, kTouchback);
            return score_return(receiver, true);
        }
        const int start = draw_value(free_kick ? special.free_kick_start : special.kickoff_start, draws, 3);
        if (!draws.happens(4, special.kickoff_lost)) return possess(receiver, start);
        ++lane_.defence[kicker][kDefRecoveries];
        ++lane_.team[receiver][kTeamFumblesLost];
        possess(kicker, 100 - start);
    }

    bool onside(int kicker) const {
        return lane_.half == kSecondHalf && lane_.clock <= kOnsideSeconds && lane_.margin(kicker) < 0;
    }

    const Tables &tables_;
    const Game &game_;
    Source source_;
    Lane &lane_;
    bool drive_ended_ = false;  // by this snap
};

}  // namespace nfl
