// What a scenario makes of a game before its first snap: how much of the ball each candidate gets, how readily a side
// throws, how its day goes, and when its quarterback leaves. A game's plays stray together from what the network expects of
// them one by one (sports/nfl/tendencies.py, forms.py).
#pragma once

#include "record.h"
#include "tables.h"

namespace nfl {

// Where the candidates of a kind have their weights in Lane::usage.
constexpr int kReceiverWeights = 0, kRusherWeights = kWeightPairs * 2 - kRusherPairs * 2;

// A call stands if six bits are below this many 64ths, moved by the side's tilt: up for one to throw, down for a run. Else
// the call is drawn once more; so that whatever the state, the mean over tilts that balance is what the network says.
// Forms act alike on sacks, on results of passes and on classes of yards.
constexpr int kCallBits = 6, kCallStands = 48;

// The table of a pass's targets and depths, a cache line of bytes: parts of the targets, then of each the thresholds of its
// depths, below which a draw of kDepthDraws falls.
constexpr int kTargetThresholds = 4 * kReceiverFours, kThresholdsOfEach = kDepths - 1;
constexpr int kDepthDraws = UINT8_MAX;
static_assert(kThresholdsOfEach == 4 && kTargetThresholds + (kReceivers + 1) * kThresholdsOfEach <= 2 << kPassTargets.bits);
static_assert(4 * kRusherFours <= 2 << kRunTargets.bits);

inline const uint8_t *bytes(const uint16_t *table) { return reinterpret_cast<const uint8_t *>(table); }

// The levels of a side: of each candidate, then these.
enum SideLevel {
    kLevelTilt = kCandidates, kLevelLeaves, kLevelTogether, kLevelPace, kLevelForms, kSideLevels = kLevelForms + kForms
};
// Plays that take as many seconds run into the next one: they take so much longer as the side's pace is slow.
constexpr int kRunningClock = 19;
// A back who gets more of the runs gets more of the passes, too, in as many of kUsageLevels scenarios: in games of 2014 and
// 2015 the two strayed with a correlation of .50 and .55. Who is absent as a rusher is so as a receiver.
constexpr uint32_t kTogether = kUsageLevels / 2;

// A wet field is both sides', and so are referees: catches and gains, not sacks, go alike for both in half of the scenarios,
// as a bit of the away side's level says that its backs do not need. In games of 2012 to 2015 .54 (catches), .52 (yards of
// catches) and .31 (of runs) of what a day had above chance was the other side's, too, of sacks .16; each give or take .3.
constexpr uint32_t kCommonDay = 1;

// The level of a receiver who also runs, by his levels as either; at the first `absent` levels he takes no part.
inline uint32_t level_of_both(uint32_t receiver, uint32_t rusher, uint32_t absent, bool together) {
    return together || rusher < absent ? rusher : absent + (receiver * (kUsageLevels - absent) >> kUsageBits);
}

// Draws a scenario's weights, tilts, departures and paces, which depend on nothing that happens in the game.
inline void draw_usage(const Tables &tables, size_t game, const engine::Source &source, Lane &lane) {
    constexpr uint32_t kBeforeAll = UINT32_MAX;  // no play has this number
    constexpr int kBlockLevels = 16, kBlocks = (2 * kSideLevels + kBlockLevels - 1) / kBlockLevels;  // a byte each
    uint32_t drawn[kBlocks * kBlockLevels];
    for (int block = 0; block < kBlocks; ++block) {
        const Draws draws = source.play(kBeforeAll, block);
        for (int i = 0; i < kBlockLevels; ++i)
            drawn[block * kBlockLevels + i] = draws[i / 2] >> (kUsageBits * (i % 2)) & (kUsageLevels - 1);
    }
    for (int side = 0; side < 2; ++side) {
        const uint32_t *levels = drawn + side * kSideLevels, *of_rushers = levels + kReceivers + 1;
        const auto &as_rusher = tables.game(game).sides[side].as_rusher;
        const bool together = levels[kLevelTogether] < kTogether;
        uint16_t *receivers = lane.usage[side] + kReceiverWeights, *rushers = lane.usage[side] + kRusherWeights;
        for (int i = 0; i <= kReceivers; ++i) {
            uint32_t level = levels[i];
            if (const int slot = as_rusher[i]; slot >= 0)
                level = level_of_both(level, of_rushers[slot], tables.absent_levels(game, side, kReceivers + 1 + slot), together);
            receivers[i] = tables.weight(game, side, i, level);
        }
        for (int i = 0; i <= kRushers; ++i) rushers[i] = tables.weight(game, side, kReceivers + 1 + i, of_rushers[i]);
        lane.tilt[side] = tables.call_tilts[levels[kLevelTilt]];
        for (int form = 0; form < kForms; ++form) {
            const bool common = form != kFormSack && drawn[kLevelTogether] & kCommonDay;
            lane.form[side][form] = tables.form(form, (common ? drawn : levels)[kLevelForms + form]);
        }
        lane.leaves[side] = tables.quarterback_leaves[levels[kLevelLeaves]];
        lane.pace[side] = tables.paces[levels[kLevelPace]];
    }
}

// Where in a lane's usage a local player has his weight: as a receiver, else as a rusher, else anybody else's.
inline int place_of_weight(const Side &players, int local) {
    const auto slot = [=](const auto &slots) { return std::find(slots.begin(), slots.end() - 1, local) - slots.begin(); };
    const auto receiver = static_cast<int>(slot(players.receiver)), rusher = static_cast<int>(slot(players.rusher));
    return receiver == kReceivers && rusher < kRushers ? kRusherWeights + rusher : kReceiverWeights + receiver;
}

// Seconds of the game played; those of further periods of overtime are not told apart.
inline int seconds_played(const Lane &lane) { return (lane.half + 1) * kHalfSeconds - lane.clock; }

// Who plays for a local player: for a quarterback who is gone anybody else.
inline int playing(const Side &players, const Lane &lane, int side, int local) {
    return local == players.quarterback && seconds_played(lane) >= lane.leaves[side] ? kNobody : local;
}

// Encodes weights [receivers + 1, depths] (Codebook).
inline void encode_targets(const double *weights, int /*count*/, uint16_t *entries) {
    auto *out = reinterpret_cast<uint8_t *>(entries);
    double of_target[kReceivers + 1] = {};
    for (int target = 0; target <= kReceivers; ++target) {
        const double *depths = weights + target * kDepths;
        of_target[target] = std::accumulate(depths, depths + kDepths, 0.0);
        double running = 0;
        for (int i = 0; i < kThresholdsOfEach; ++i) {
            running += depths[i];
            const double share = of_target[target] > 0 ? running / of_target[target] : 1;
            out[kTargetThresholds + target * kThresholdsOfEach + i] = static_cast<uint8_t>(engine::rounded(share * kDepthDraws));
        }
    }
    engine::build_parts(of_target, kReceivers + 1, out);
}

inline void encode_rushers(const double *weights, int /*count*/, uint16_t *entries) {
    engine::build_parts(weights, kRushers + 1, reinterpret_cast<uint8_t *>(entries));
}

}  // namespace nfl
