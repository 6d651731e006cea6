// States such as games pass through, to fit the books of a side to: fixed, so that a book depends on the model alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tables.h"

namespace nfl {

constexpr int kTypicalStates = 2048;  // of a side

// The state of this number: of a regular half, the last two minutes as often as the rest of it is.
inline Lane typical_state(int side, uint32_t number) {
    constexpr uint64_t kKey = 0x7479706963616C;
    const Draws draws(engine::philox(kKey, {number, 0, 0, 0}));
    const auto below = [&](int i, int end) { return static_cast<int>(draws[i] * static_cast<uint32_t>(end) >> engine::kDrawBits); };
    Lane lane{};
    lane.offence = static_cast<uint8_t>(side);
    lane.half = draws[0] & 1 ? kSecondHalf : kFirstHalf;
    lane.clock = static_cast<int16_t>(1 + below(1, draws[0] & 6 ? kHalfSeconds : 120));
    const double played = (lane.half * kHalfSeconds + kHalfSeconds - lane.clock) / (2.0 * kHalfSeconds);
    const int spread = 3 + static_cast<int>(24 * std::sqrt(played));
    lane.team[side][kPoints] = static_cast<int16_t>(below(2, spread) + below(3, spread));
    lane.team[1 - side][kPoints] = static_cast<int16_t>(spread - 1);
    lane.yardline = static_cast<int8_t>(1 + below(4, 99));
    const int down = below(5, 20);
    lane.down = static_cast<int8_t>(down < 9 ? 1 : down < 15 ? 2 : down < 19 ? 3 : 4);
    const int to_go = lane.down == 1 ? 10 : 1 + below(6, 15);
    lane.to_go = static_cast<int8_t>(std::min<int>(to_go, lane.yardline));
    return lane;
}

// The buckets of such states, sorted, each once.
inline std::vector<uint32_t> typical_buckets(const Nodes &nodes) {
    std::vector<uint32_t> buckets;
    for (int side = 0; side < 2; ++side)
        for (uint32_t i = 0; i < kTypicalStates; ++i) buckets.push_back(nodes.nearest(typical_state(side, i)));
    std::sort(buckets.begin(), buckets.end());
    buckets.erase(std::unique(buckets.begin(), buckets.end()), buckets.end());
    return buckets;
}

}  // namespace nfl
