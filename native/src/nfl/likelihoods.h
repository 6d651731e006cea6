// How likely a snap of a bucket is to draw from each coded distribution of its record.
#pragma once

#include <array>

#include "../engine/layout.h"
#include "record.h"

namespace nfl {

using Likelihoods = std::array<float, kCodes>;

// `row`: the network's output row.
inline Likelihoods likelihoods(const engine::Layout &layout, const float *row) {
    const auto at = [&](Head head, int group, int index) { return row[layout.group(head, group).source + index]; };
    Likelihoods likely{};
    std::array<float, kPlayTypeCount> types{};
    for (int formation = 0; formation < kFormations; ++formation) {
        const float shown = at(kHeadFormation, 0, formation);
        for (int type = 0; type < kPlayTypeCount; ++type) types[type] += shown * at(kHeadType, formation, type);
        likely[kPenalties.first + (formation & 1)] += shown * at(kHeadType, formation, kNoPlay);
        const float run = shown * at(kHeadType, formation, kRun);
        likely[kRunTargets.first + (formation & 1)] += run;
        likely[kYards.first + kYardsRun + (formation & 1)] += run;
    }
    float *results = &likely[kRunResults.first], *yards = &likely[kYards.first], *times = &likely[kTimes.first];
    likely[kPassTargets.first] = types[kPass];
    results[0] = types[kRun], results[1] = types[kScramble], results[2] = types[kSack];
    likely[kFieldGoals.first] = times[kTimeFieldGoal] = types[kFieldGoalTry];
    times[kTimeNoPlay] = types[kNoPlay];
    yards[kYardsScramble] = types[kScramble];
    yards[kYardsSack] = times[kTimeSack] = types[kSack];
    yards[kYardsPunt] = times[kTimePunt] = types[kPunt];
    times[kTimeRun] = types[kRun] + types[kScramble];
    times[kTimeKneel] = types[kKneel];
    times[kTimeIncomplete] = types[kSpike];
    for (int depth = 0; depth < kDepths; ++depth) {
        float deep = 0;
        for (int target = 0; target <= kReceivers; ++target) deep += at(kHeadTargetPass, 0, target) * at(kHeadDepth, target, depth);
        const float thrown = types[kPass] * deep;
        const float caught = thrown * (at(kHeadResultPass, depth, kComplete) + at(kHeadResultPass, depth, kPassFumble));
        likely[kPassResults.first + depth] = thrown;
        yards[kYardsDepth + depth] = caught;
        times[kTimeComplete] += caught;
        times[kTimeIncomplete] += thrown - caught;
    }
    return likely;
}

}  // namespace nfl
