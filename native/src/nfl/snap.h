// One snap: applies the rules of the play to what was drawn for it (kernel.inc). Consequences beyond the play (scores,
// kicks, clock) are field.h.
#pragma once

#include "field.h"

namespace nfl {

// What was drawn for one snap.
struct SnapDrawn {
    Draws draws;
    int type, target, result, yards, seconds;
    int32_t bucket;  // whose distributions these were; below 0 those of the very state
};

class Snap {
  public:
    // `targets`: of the snap, for the try that may follow.
    Snap(const Tables &tables, const Game &game, Source source, const SnapDrawn &drawn, const TryTargets &targets, Lane &lane)
        : tables_(tables), field_(tables, game, source, lane), drawn_(drawn), targets_(targets), source_(source), lane_(lane),
          side_(lane.offence), yards_(gained(drawn.yards)), players_(game.sides[side_]), team_(lane.team[side_]),
          defence_(lane.defence[1 - side_]) {}

    void play() {
        ++lane_.snaps[side_][drawn_.type].snaps;
        resolve();
        field_.settle(seconds());
    }

  private:
    // Draws of the second block: what comes after the play.
    enum SecondUse { kUseTouchdown, kUseReturn, kUseBlock, kUseFoul, kUseSeconds, kUseStop };

    Draws second_draws() const { return source_.play(snap_, 1); }

    // Until the next snap. A pass or run that ends a drive stops the clock; the network tells the seconds of those that do not.
    int seconds() const {
        if (drawn_.type > kScramble) return drawn_.seconds;
        const Special &special = tables_.special;
        switch (field_.drive_end()) {
            case kEndTouchdown: return dead_after(special.touchdown_seconds) + lane_.yardline / kYardsASecond;
            case kEndTurnover:
            case kEndOpponentTouchdown: return dead_after(special.turnover_seconds);
            case kEndDowns: return dead_after(special.downs_seconds);
            case kDriveEndCount: return drawn_.seconds < lane_.clock ? drawn_.seconds : last_seconds();
            default: return drawn_.seconds;
        }
    }

    int dead_after(const Values &seconds) const { return draw_value(seconds, second_draws(), kUseSeconds); }

    // Of a play that would end the half, unless the clock is stopped for another one.
    int last_seconds() const {
        const Draws draws = second_draws();
        if (!draws.happens(kUseStop, field_.stops_clock())) return drawn_.seconds;
        return std::max(lane_.clock - draw_value(tables_.special.last_seconds, draws, kUseSeconds), 0);
    }

    // Yards of a class that begins short of the goal line of the bucket end short of that line, too: its distributions have
    // touchdowns in the classes past it. The network has a punt's touchback among those that end at the 20.
    int gained(int yards) const {
        if (yards < lane_.yardline) return yards;
        const int low = tables_.class_low(yards), line = drawn_.bucket < 0 ? lane_.yardline : tables_.nodes.line(drawn_.bucket);
        return yards < line || low >= line ? yards : low + (yards - line) % (line - low);
    }

    void resolve() {
        switch (drawn_.type) {
            case kPass: return pass();
            case kRun: return run(playing(players_.rusher[drawn_.target]));
            case kScramble: return run(quarterback());
            case kSack: return sack();
            case kPunt: return punt();
            case kFieldGoalTry: return field_goal();
            case kKneel: return kneel();
            case kSpike: return field_.advance(0);
            default: return penalty();
        }
    }

    int playing(int local) const { return nfl::playing(players_, lane_, side_, local); }
    int quarterback() const { return playing(players_.quarterback); }

    int16_t &stat(int local, PlayerStat which) { return lane_.players[side_][local][which]; }

    void pass() {
        if (drawn_.result == kIncomplete) return move(0);
        if (drawn_.result == kInterception) return intercepted();
        const bool lost = drawn_.result == kPassFumble;
        const int gained = std::min<int>(yards_, lane_.yardline - lost);
        const int receiver = playing(players_.receiver[drawn_.target]);
        stat(quarterback(), kPassYards) += gained;
        stat(receiver, kReceivingYards) += gained;
        ++stat(receiver, kReceptions);
        if (lost) return fumbled(receiver, gained);
        if (yards_ >= lane_.yardline) {
            ++stat(quarterback(), kPassTouchdowns);
            ++stat(receiver, kReceivingTouchdowns);
        }
        move(yards_);
    }

    void run(int rusher) {
        const bool lost = drawn_.result != 0;
        const int gained = std::min<int>(yards_, lane_.yardline - lost);
        stat(rusher, kRushYards) += gained;
        if (lost) return fumbled(rusher, gained);
        if (yards_ >= lane_.yardline) ++stat(rusher, kRushTouchdowns);
        move(yards_);
    }

    void sack() {
        const int yards = std::min(drawn_.yards, 0);
        if (drawn_.result != 0) return fumbled(quarterback(), yards);
        move(yards);
    }

    // The ball goes `yards` forward: touchdown, safety or the next down.
    void move(int yards) {
        if (yards >= lane_.yardline) return field_.touchdown(targets_);
        if (lane_.yardline - yards >= 100) return field_.safety();
        if (!drawn_.draws.happens(kUseEvent, tables_.special.foul_after_play)) return field_.advance(yards);
        // One of the defence gives a first down, one of the offence the down again.
        const int foul = draw_value(tables_.special.foul_after_play_net, second_draws(), kUseFoul);
        field_.enforce(std::clamp(lane_.yardline - yards, 1, 99), foul, foul > 0 ? Down::kNew : Down::kAgain);
    }

    void intercepted() {
        ++stat(quarterback(), kInterceptionsThrown);
        ++defence_[kDefInterceptions];
        give_away(lane_.yardline, tables_.special.interception_touchdown, tables_.special.interception_net);
    }

    void fumbled(int local, int yards) {
        ++team_[kTeamFumblesLost];
        ++stat(local, kFumblesLost);
        ++defence_[kDefRecoveries];
        give_away(lane_.yardline - yards, tables_.special.fumble_touchdown, tables_.special.fumble_net);
    }

    // `net`: yards towards the offence's target goal at which the defence's return ends; one that scores is drawn before.
    void give_away(int spot, double touchdown, const Values &net) {
        const Draws draws = second_draws();
        if (draws.happens(kUseTouchdown, touchdown)) return field_.return_touchdown_and_try(false);
        field_.turn_over(spot - draw_value_from(spot - 99, net, draws, kUseReturn), kEndTurnover);
    }

    void punt() {
        const Special &special = tables_.special;
        const uint32_t event = drawn_.draws[kUseEvent];
        const int spot = lane_.yardline - yards_;
        if (event < special.punts.blocked) return punt_blocked();
        if (event < special.punts.muffed && spot > 0) return punt_muffed(spot);
        if (event >= special.punts.muffed && event < special.punts.returned) return field_.return_touchdown_and_try(true);
        field_.turn_over(spot, kEndPunt);
    }

    void punt_blocked() {
        ++defence_[kDefBlocks];
        const Draws draws = second_draws();
        const int spot = lane_.yardline - draw_value(tables_.special.punt_blocked_net, draws, kUseReturn);
        if (draws.happens(kUseTouchdown, tables_.special.punt_blocked_touchdown)) field_.return_touchdown_and_try(true);
        else if (spot >= 100) field_.safety();  // out of the end zone
        else field_.turn_over(spot, kEndPunt);
    }

    void punt_muffed(int spot) {
        field_.end_drive(kEndPunt);
        ++lane_.team[1 - side_][kTeamFumblesLost];
        ++lane_.defence[side_][kDefRecoveries];
        field_.punt_muffed(side_, spot);
    }

    void field_goal() {
        constexpr int kHold = 8;  // the ball is kicked eight yards behind the line, as nearly all are
        const int spot = lane_.yardline + kHold;
        if (drawn_.result == 1) return field_.field_goal(spot + kEndZone);
        const Draws draws = second_draws();
        double touchdown = 0;
        if (draws.happens(kUseBlock, tables_.special.field_goal_blocked)) {
            ++defence_[kDefBlocks];
            touchdown = tables_.special.field_goal_blocked_touchdown;
        }
        if (draws.happens(kUseTouchdown, touchdown)) field_.return_touchdown_and_try(true);
        else field_.missed_field_goal(spot);
    }

    void kneel() {
        --stat(quarterback(), kRushYards);
        field_.advance(-1);
    }

    // A foul that wipes out the down.
    void penalty() {
        const int yards = tables_.penalties[2 * drawn_.result];
        const bool automatic = tables_.penalties[2 * drawn_.result + 1] != 0;
        if (yards == 0) field_.offset();
        else if (yards >= kSpotFoul) field_.enforce_at(lane_.yardline - yards);
        else field_.enforce(lane_.yardline, yards, automatic ? Down::kNew : Down::kAgain);
    }

    const Tables &tables_;
    Field field_;
    const SnapDrawn &drawn_;
    const TryTargets &targets_;
    Source source_;
    Lane &lane_;
    uint32_t snap_ = lane_.plays - 1u;  // its number among the game's draws
    int side_;
    int yards_;  // of a pass that is caught, a run or a punt
    const Side &players_;
    int16_t *team_;     // of the offence
    int16_t *defence_;  // of the defence
};

}  // namespace nfl
