// State of one NFL game of one scenario, and the statistics it gathers. No rules here.
#pragma once

#include <array>
#include <cstdint>

namespace nfl {

// Order of outcomes.PLAY_TYPES, PASS_RESULTS, YARD_GROUPS, TIME_GROUPS and HEADS.
enum PlayType { kPass, kRun, kSack, kScramble, kPunt, kFieldGoalTry, kKneel, kSpike, kNoPlay, kPlayTypeCount };
enum PassResult { kComplete, kIncomplete, kInterception, kPassFumble, kPassResultCount };
constexpr int kDepths = 5, kFormations = 4;
// A completion's group is the depth of the pass; the two of runs are those of a snap from under center and the shotgun.
enum YardGroup {
    kYardsDepth, kYardsRun = kYardsDepth + kDepths, kYardsScramble = kYardsRun + 2, kYardsSack, kYardsPunt, kYardGroupCount
};
enum TimeGroup {
    kTimeComplete, kTimeIncomplete, kTimeRun, kTimeSack, kTimePunt, kTimeFieldGoal, kTimeKneel, kTimeNoPlay, kTimeGroupCount
};
enum Head {
    kHeadFormation, kHeadType, kHeadTargetPass, kHeadTargetRun, kHeadDepth, kHeadResultPass, kHeadResultRun,
    kHeadFieldGoal, kHeadPenalty, kHeadYards, kHeadTime, kHeadCount
};

enum Half : uint8_t { kFirstHalf, kSecondHalf, kOvertime, kHalves };
// The first possession, the other side's answer to its score, then the next score wins.
enum class OvertimePhase : uint8_t { kFirst, kAnswer, kSudden };

// The first score wins; unless it is a field goal on the first possession; or both sides have the ball once.
enum class OvertimeRule : uint8_t { kSuddenDeath, kFieldGoalAnswered, kBothPossess };

constexpr int kReceivers = 10, kRushers = 5;
constexpr int kLocals = 17;           // players with statistics on a side, the last is "anybody else"
constexpr int kNobody = kLocals - 1;  // in the table of rows this place is the defence's

// How a side's day goes: whether its passer is sacked, its passes are caught, catches and runs are long.
enum Form { kFormSack, kFormComplete, kFormCatch, kFormRun, kForms };

constexpr int kCandidates = kReceivers + 1 + kRushers + 1;  // for a pass and for a run, each with anybody else
// Weights of candidates are read by twos, what tables say of them by fours.
constexpr int kReceiverPairs = (kReceivers + 2) / 2, kRusherPairs = (kRushers + 2) / 2, kWeightPairs = kReceiverPairs + kRusherPairs;
constexpr int kReceiverFours = (kReceivers + 4) / 4, kRusherFours = (kRushers + 4) / 4;

// Runs and catches have a count, which never shrinks, and then yards: kernels add to both at once.
enum PlayerStat {
    kPassYards, kPassTouchdowns, kInterceptionsThrown, kRushTouchdowns, kRushYards, kReceptions,
    kReceivingYards, kReceivingTouchdowns, kTwoPoints, kFumblesLost, kPlayerStatCount
};
enum DefenceStat {
    kDefSacks, kDefInterceptions, kDefRecoveries, kDefTouchdowns, kDefSafeties, kDefBlocks, kDefCharged, kDefenceStatCount
};
// Order of drive_outcomes.DRIVE_OUTCOMES. A drive is the snaps of one side without a kick-off, a score or a change of
// possession between them; a punt ends it even where the kicking side recovers the ball.
enum DriveEnd {
    kEndTouchdown, kEndFieldGoal, kEndMissedFieldGoal, kEndPunt, kEndTurnover, kEndDowns, kEndSafety, kEndOpponentTouchdown,
    kEndOfHalf, kDriveEndCount
};
enum TeamStat {
    kPoints, kScrimmagePlays, kPassAttempts, kCompletions, kTeamPassYards, kRushAttempts, kTeamRushYards, kSacks,
    kInterceptions, kTeamFumblesLost, kPunts, kFieldGoalsMade, kTouchdowns, kFieldGoalAttempts, kTeamPassTouchdowns,
    kTeamRushTouchdowns, kFirstDowns, kDrives, kDriveEnds,
    kFieldGoalsUnder40 = kDriveEnds + kDriveEndCount, kFieldGoals40, kFieldGoals50, kExtraPoints, kTeamStatCount
};

struct Lane {
    int16_t clock;    // seconds left in the half or overtime period
    Half half;
    uint8_t offence;  // 0 away, 1 home
    uint8_t opening;  // who received the kick that opened the half (or overtime)
    int8_t kick_to;   // side waiting to receive a kick, or -1
    bool free_kick;   // that kick follows a safety
    OvertimePhase phase;
    int8_t down, to_go, yardline;  // yards to the goal line the offence attacks, 1-99
    bool over;
    uint16_t plays;
    uint32_t scenario;
    uint16_t usage[2][2 * kWeightPairs];  // weights of receivers, then of rushers (usage.h)
    int8_t tilt[2];                       // of the call
    std::array<int8_t, kForms> form[2];   // in 64ths (usage.h)
    int16_t leaves[2];                    // seconds of the game after which the quarterback is gone
    int8_t pace[2];                       // seconds that a play takes longer while the clock runs
    // Snaps; and of those that kernels played, how many gave a first down or, punts, ended a drive.
    struct Count {
        int16_t snaps, events;
    } snaps[2][kPlayTypeCount];
    int16_t team[2][kTeamStatCount];
    int16_t defence[2][kDefenceStatCount];
    int16_t players[2][kLocals][kPlayerStatCount];

    int16_t margin(int side) const { return team[side][kPoints] - team[1 - side][kPoints]; }
    bool fourth_quarter() const { return half == kOvertime || (half == kSecondHalf && clock <= 900); }

    // Team statistics that are sums of others, once the game is over.
    void sum_up(int side) {
        int16_t *sum = team[side];
        const auto tried = [&](PlayType type) { return snaps[side][type].snaps; };
        sum[kPassAttempts] = tried(kPass) + tried(kSpike);
        sum[kRushAttempts] = tried(kRun) + tried(kScramble) + tried(kKneel);
        sum[kSacks] = defence[1 - side][kDefSacks] = tried(kSack);
        sum[kScrimmagePlays] = sum[kPassAttempts] + sum[kRushAttempts] + sum[kSacks];
        sum[kPunts] = tried(kPunt);
        sum[kFieldGoalAttempts] = tried(kFieldGoalTry);
        for (int type = 0; type < kPlayTypeCount; ++type)
            sum[type == kPunt ? int{kDriveEnds} + kEndPunt : int{kFirstDowns}] += snaps[side][type].events;
        for (int end = 0; end < kDriveEndCount; ++end) sum[kDrives] += sum[kDriveEnds + end];
        for (const auto &player : players[side]) {
            sum[kCompletions] += player[kReceptions];
            sum[kTeamPassYards] += player[kPassYards];
            sum[kTeamRushYards] += player[kRushYards];
            sum[kInterceptions] += player[kInterceptionsThrown];
            sum[kTeamPassTouchdowns] += player[kPassTouchdowns];
            sum[kTeamRushTouchdowns] += player[kRushTouchdowns];
        }
    }
};

}  // namespace nfl
