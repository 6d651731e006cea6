// The buckets to which the books of a side are fitted: fixed, so that a book depends on the model alone.
#pragma once

#include <algorithm>
#include <vector>

#include "nodes.h"

namespace nfl {

constexpr int kTypicalBuckets = 512;  // of a side

// The usual ones of both sides, which are numbered first.
inline std::vector<uint32_t> typical_buckets(const Nodes &nodes) {
    std::vector<uint32_t> buckets;
    for (int side = 0; side < 2; ++side)
        for (int i = 0; i < std::min(kTypicalBuckets, nodes.side_buckets); ++i) buckets.push_back(side * nodes.side_buckets + i);
    return buckets;
}

}  // namespace nfl
