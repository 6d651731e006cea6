// One snap: draws formation -> play type -> target -> depth -> result -> yards -> time by inverse transform and applies the
// rules of the play. Consequences beyond the play (scores, kicks, clock) are field.h.
#pragma once

#include "field.h"

namespace nfl {

class Snap {
  public:
    Snap(const Tables &tables, const Game &game, Source source, const uint16_t *record, Lane &lane)
        : tables_(tables), layout_(tables.layout), field_(tables, game, source, lane), record_(record), lane_(lane),
          draws_(field_.next_draws()), side_(lane.offence), players_(game.sides[side_]),
          team_(lane.team[side_]), defence_(lane.defence[1 - side_]) {}

    void play() {
        const int formation = draw(kHeadFormation, 0, kUseFormation);
        shotgun_ = formation & 1;
        const int type = draw(kHeadType, formation, kUseType);
        const int seconds_group = resolve(type);
        const int bin = draw(kHeadTime, seconds_group, kUseTimeBin);
        field_.settle(tables_.seconds.draw(seconds_group, bin, draws_.second()[kUseTimeWithin]));
    }

  private:
    enum Use { kUseFormation, kUseType, kUseTarget, kUseDepth, kUseResult, kUseYardsBin, kUseYardsWithin, kUseTimeBin };
    // Draws of the second block: what comes after the play.
    enum SecondUse { kUseTouchdown, kUseReturn, kUseBlock, kUseMuff, kUseFoulYards, kUseTimeWithin, kUseFoul };

    int draw(int head, int group, Use use) const {
        return engine::sample(record_, layout_.group(head, group), draws_[use]);
    }

    int draw_yards(int group) const {
        return tables_.yards.draw(group, draw(kHeadYards, group, kUseYardsBin), draws_[kUseYardsWithin]);
    }

    // Plays the type and returns the group of its time.
    int resolve(int type) {
        if (type <= kScramble || type == kKneel || type == kSpike) ++team_[kScrimmagePlays];
        switch (type) {
            case kPass: return pass();
            case kRun: return run(players_.rusher[draw(kHeadTargetRun, shotgun_, kUseTarget)], 0, kYardsRun + shotgun_);
            case kScramble: return run(players_.quarterback, 1, kYardsScramble);
            case kSack: return sack();
            case kPunt: return punt();
            case kFieldGoalTry: return field_goal();
            case kKneel: return kneel();
            case kSpike: return spike();
            default: return penalty();
        }
    }

    int16_t &stat(int local, PlayerStat which) { return lane_.players[side_][local][which]; }

    int pass() {
        const int slot = draw(kHeadTargetPass, 0, kUseTarget);
        const int depth = draw(kHeadDepth, slot, kUseDepth);
        const int result = draw(kHeadResultPass, depth, kUseResult);
        ++team_[kPassAttempts];
        if (result == kIncomplete) return move(0), kTimeIncomplete;
        if (result == kInterception) return intercepted();
        const int yards = draw_yards(kYardsDepth + depth);
        const bool lost = result == kPassFumble;
        const int gained = std::min<int>(yards, lane_.yardline - lost);
        const int receiver = players_.receiver[slot];
        ++team_[kCompletions];
        team_[kTeamPassYards] += gained;
        stat(players_.quarterback, kPassYards) += gained;
        stat(receiver, kReceivingYards) += gained;
        ++stat(receiver, kReceptions);
        if (lost) return fumbled(receiver, gained), kTimeComplete;
        if (yards >= lane_.yardline) {
            ++team_[kTeamPassTouchdowns];
            ++stat(players_.quarterback, kPassTouchdowns);
            ++stat(receiver, kReceivingTouchdowns);
        }
        return move(yards), kTimeComplete;
    }

    int run(int rusher, int result_group, int yard_group) {
        const bool lost = draw(kHeadResultRun, result_group, kUseResult) != 0;
        const int yards = draw_yards(yard_group);
        const int gained = std::min<int>(yards, lane_.yardline - lost);
        ++team_[kRushAttempts];
        team_[kTeamRushYards] += gained;
        stat(rusher, kRushYards) += gained;
        if (lost) return fumbled(rusher, gained), kTimeRun;
        if (yards >= lane_.yardline) {
            ++team_[kTeamRushTouchdowns];
            ++stat(rusher, kRushTouchdowns);
        }
        return move(yards), kTimeRun;
    }

    int sack() {
        const bool lost = draw(kHeadResultRun, 2, kUseResult) != 0;
        const int yards = std::min(draw_yards(kYardsSack), 0);
        ++team_[kSacks];
        ++defence_[kDefSacks];
        if (lost) return fumbled(players_.quarterback, yards), kTimeSack;
        return move(yards), kTimeSack;
    }

    // The ball goes `yards` forward: touchdown, safety or the next down.
    void move(int yards) {
        if (yards >= lane_.yardline) return field_.touchdown(record_);
        if (lane_.yardline - yards >= 100) return field_.safety();
        const Draws draws = draws_.second();
        if (!draws.happens(kUseFoul, tables_.special.foul_after_play)) return field_.advance(yards);
        // One of the defence gives a first down, one of the offence the down again.
        const int foul = draw_value(tables_.special.foul_after_play_net, draws, kUseFoulYards);
        field_.enforce(std::clamp(lane_.yardline - yards, 1, 99), foul, foul > 0 ? Down::kNew : Down::kAgain);
    }

    int intercepted() {
        ++team_[kInterceptions];
        ++stat(players_.quarterback, kInterceptionsThrown);
        ++defence_[kDefInterceptions];
        give_away(lane_.yardline, tables_.special.interception_touchdown, tables_.special.interception_net);
        return kTimeIncomplete;
    }

    void fumbled(int local, int yards) {
        ++team_[kTeamFumblesLost];
        ++stat(local, kFumblesLost);
        ++defence_[kDefRecoveries];
        give_away(lane_.yardline - yards, tables_.special.fumble_touchdown, tables_.special.fumble_net);
    }

    // `net`: yards towards the offence's target goal at which the defence's return ends.
    void give_away(int spot, double touchdown, const Values &net) {
        const Draws draws = draws_.second();
        if (draws.happens(kUseTouchdown, touchdown)) return field_.return_touchdown(false);
        field_.turn_over(spot - draw_value(net, draws, kUseReturn), kEndTurnover);
    }

    int punt() {
        const Special &special = tables_.special;
        const Draws draws = draws_.second();
        ++team_[kPunts];
        if (draws.happens(kUseBlock, special.punt_blocked)) {
            ++defence_[kDefBlocks];
            const int spot = lane_.yardline - draw_value(special.punt_blocked_net, draws, kUseReturn);
            if (draws.happens(kUseTouchdown, special.punt_blocked_touchdown)) field_.return_touchdown(true);
            else if (spot >= 100) field_.safety();  // out of the end zone
            else field_.turn_over(spot, kEndPunt);
            return kTimePunt;
        }
        const int spot = lane_.yardline - draw_yards(kYardsPunt);
        if (spot > 0 && draws.happens(kUseMuff, special.punt_muffed)) {
            field_.end_drive(kEndPunt);
            ++lane_.team[1 - side_][kTeamFumblesLost];
            ++lane_.defence[side_][kDefRecoveries];
            field_.possess(side_, spot);
            return kTimePunt;
        }
        if (draws.happens(kUseTouchdown, special.punt_touchdown)) field_.return_touchdown(true);
        else field_.turn_over(spot, kEndPunt);
        return kTimePunt;
    }

    int field_goal() {
        constexpr int kHold = 8;  // the ball is kicked eight yards behind the line, as nearly all are
        ++team_[kFieldGoalAttempts];
        const int spot = lane_.yardline + kHold;
        if (draw(kHeadFieldGoal, 0, kUseResult) == 1) return field_.field_goal(spot + kEndZone), kTimeFieldGoal;
        const Draws draws = draws_.second();
        double touchdown = 0;
        if (draws.happens(kUseBlock, tables_.special.field_goal_blocked)) {
            ++defence_[kDefBlocks];
            touchdown = tables_.special.field_goal_blocked_touchdown;
        }
        if (draws.happens(kUseTouchdown, touchdown)) field_.return_touchdown(true);
        else field_.missed_field_goal(spot);
        return kTimeFieldGoal;
    }

    int kneel() {
        ++team_[kRushAttempts];
        --team_[kTeamRushYards];
        --stat(players_.quarterback, kRushYards);
        field_.advance(-1);
        return kTimeKneel;
    }

    int spike() {
        ++team_[kPassAttempts];
        field_.advance(0);
        return kTimeIncomplete;
    }

    // A foul that wipes out the down.
    int penalty() {
        const int which = draw(kHeadPenalty, 0, kUseResult);
        const int yards = tables_.penalties[2 * which];
        const bool automatic = tables_.penalties[2 * which + 1] != 0;
        constexpr int kSpotFoul = 20;  // longer fouls of the defence are marked at their spot
        if (yards == 0) field_.offset();
        else if (yards >= kSpotFoul) field_.enforce_at(lane_.yardline - yards);
        else field_.enforce(lane_.yardline, yards, automatic ? Down::kNew : Down::kAgain);
        return kTimeNoPlay;
    }

    const Tables &tables_;
    const engine::Layout &layout_;
    Field field_;
    const uint16_t *record_;
    Lane &lane_;
    Draws draws_;
    int side_;
    int shotgun_ = 0;  // whether the snap came from the shotgun
    const Side &players_;
    int16_t *team_;     // of the offence
    int16_t *defence_;  // of the defence
};

}  // namespace nfl
