// The record of a bucket: the network's output row made small. Play types, which turn on a yard or a second, are an alias
// table of its own; every other distribution is a code of the books of its side (codebook.h). What is drawn together is
// one table: formation, of which a snap needs only whether it is the shotgun, and play type; target and depth of a pass.
#pragma once

#include "../engine/codebook.h"
#include "../engine/layout.h"
#include "state.h"

namespace nfl {

using engine::AliasTable;
using engine::Codebook;

constexpr int kTypeBits = 4, kMostTypes = 1 << kTypeBits;  // an outcome of kTypes is shotgun * kMostTypes + type

// A kind of coded distribution: its codes' places in a record, from `first` on one a group, and the size of its tables.
struct Coded {
    int first, groups, bits;
    size_t start;  // of its books among the entries of a side

    constexpr int end() const { return first + groups; }
    // Room for a leaf of each more than the codes need: else all books would begin at the same place of a cache.
    constexpr size_t book_entries() const { return size_t{Codebook::kMostCodes + Codebook::kMostLeaves} << bits; }
    constexpr size_t end_entries() const { return start + groups * book_entries(); }
};

constexpr Coded kPassTargets{0, 1, 5, 0};  // with depths (usage.h)
constexpr Coded kRunTargets{kPassTargets.end(), 2, 2, kPassTargets.end_entries()};             // by formation
constexpr Coded kPassResults{kRunTargets.end(), kDepths, 4, kRunTargets.end_entries()};        // by depth
constexpr Coded kRunResults{kPassResults.end(), 3, 4, kPassResults.end_entries()};             // run, scramble, sack
constexpr Coded kFieldGoals{kRunResults.end(), 1, 4, kRunResults.end_entries()};
constexpr Coded kPenalties{kFieldGoals.end(), 2, 4, kFieldGoals.end_entries()};  // by formation
constexpr Coded kYards{kPenalties.end(), kYardGroupCount, 5, kPenalties.end_entries()};
constexpr Coded kTimes{kYards.end(), kTimeGroupCount, 4, kYards.end_entries()};
constexpr int kCodes = kTimes.end();
constexpr size_t kSideEntries = kTimes.end_entries();

constexpr AliasTable kTypes{(kCodes + 1) / 2 * 2, kTypeBits + 1};
constexpr int kRecordEntries = kTypes.end();

// Entries of a bucket's tables when they stand side by side.
constexpr int unpacked(const Coded &kind) { return kind.groups << kind.bits; }
constexpr int kUnpackedEntries = kTypes.slots() + unpacked(kPassTargets) + unpacked(kRunTargets) + unpacked(kPassResults) +
                                 unpacked(kRunResults) + unpacked(kFieldGoals) + unpacked(kPenalties) + unpacked(kYards) +
                                 unpacked(kTimes);

}  // namespace nfl
