// The record of a bucket: the network's output row as alias tables, each drawn from with one number. What is drawn
// together is one table: formation and play type, target and depth of a pass.
#pragma once

#include "../engine/alias.h"
#include "../engine/layout.h"
#include "state.h"

namespace nfl {

using engine::AliasTable;

constexpr int kTypeBits = 4, kMostTypes = 1 << kTypeBits;  // an outcome of kTypes is formation * kMostTypes + type
constexpr AliasTable kTypes{0, 6};
constexpr AliasTable kPassTargets{kTypes.end(), 6};  // an outcome is target * kDepths + depth
constexpr AliasTable kRunTargets{kPassTargets.end(), 4};          // 2, by formation
constexpr AliasTable kPassResults{kRunTargets[2].start, 4};       // by depth
constexpr AliasTable kRunResults{kPassResults[kDepths].start, 4};  // 3: run, scramble, sack
constexpr AliasTable kFieldGoals{kRunResults[3].start, 4};
constexpr AliasTable kPenalties{kFieldGoals.end(), 4};
constexpr AliasTable kYards{kPenalties.end(), 5};
constexpr AliasTable kTimes{kYards[kYardGroupCount].start, 4};
constexpr int kRecordEntries = kTimes[kTimeGroupCount].start;

class Records {
  public:
    explicit Records(const engine::Layout &layout) : layout_(layout) {
        if (layout.heads() != kHeadCount) throw engine::Error("table heads must describe 11 heads");
        expect(kHeadFormation, 1, kFormations);
        expect(kHeadType, kFormations, kPlayTypeCount);
        expect(kHeadTargetPass, 1, kReceivers + 1);
        expect(kHeadTargetRun, 2, kRushers + 1);
        expect(kHeadDepth, kReceivers + 1, kDepths);
        expect(kHeadResultPass, kDepths, kPassResultCount);
        expect(kHeadResultRun, 3, 2);
        expect(kHeadFieldGoal, 1, 2);
        expect_at_most(kHeadPenalty, 1, kPenalties.slots());
        expect_at_most(kHeadYards, kYardGroupCount, kYards.slots());
        expect_at_most(kHeadTime, kTimeGroupCount, kTimes.slots());
    }

    // `row`: the network's output row, whose heads are distributions.
    void pack(const float *row, uint16_t *record) const {
        joint(row, kHeadFormation, kHeadType, kMostTypes, kTypes, record);
        joint(row, kHeadTargetPass, kHeadDepth, kDepths, kPassTargets, record);
        each(row, kHeadTargetRun, kRunTargets, record);
        each(row, kHeadResultPass, kPassResults, record);
        each(row, kHeadResultRun, kRunResults, record);
        each(row, kHeadFieldGoal, kFieldGoals, record);
        each(row, kHeadPenalty, kPenalties, record);
        each(row, kHeadYards, kYards, record);
        each(row, kHeadTime, kTimes, record);
    }

  private:
    void each(const float *row, Head head, AliasTable first, uint16_t *record) const {
        for (int i = 0; i < layout_.groups_of(head); ++i) {
            double weights[engine::kMostOutcomes] = {};
            const engine::Group &group = layout_.group(head, i);
            std::copy_n(row + group.source, group.classes, weights);
            engine::build_alias(weights, first[i], record);
        }
    }

    // Both a class of `head` and what follows from it by that class's group of `then`.
    void joint(const float *row, Head head, Head then, int stride, AliasTable table, uint16_t *record) const {
        double weights[engine::kMostOutcomes] = {};
        const engine::Group &first = layout_.group(head);
        for (int i = 0; i < first.classes; ++i) {
            const engine::Group &second = layout_.group(then, i);
            for (int j = 0; j < second.classes; ++j)
                weights[i * stride + j] = double{row[first.source + i]} * row[second.source + j];
        }
        engine::build_alias(weights, table, record);
    }

    void expect(Head head, int groups, int classes) const { check(head, groups, classes, classes); }
    void expect_at_most(Head head, int groups, int classes) const { check(head, groups, 1, classes); }

    void check(Head head, int groups, int least, int most) const {
        const int has = layout_.group(head).classes;
        if (layout_.groups_of(head) == groups && has >= least && has <= most) return;
        throw engine::Error("head " + layout_.name(head) + " has " + std::to_string(layout_.groups_of(head)) + " groups of " +
                            std::to_string(has) + " classes instead of " + std::to_string(groups) + " of " +
                            (least == most ? "" : "at most ") + std::to_string(most));
    }

    const engine::Layout &layout_;
};

}  // namespace nfl
