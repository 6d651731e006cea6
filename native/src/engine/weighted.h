// Choices that every lane weighs by numbers of its own: 16-bit probabilities, times weights that stay the same all game.
#pragma once

#include <cstdint>
#include <numeric>

#include "rng.h"

namespace engine {

constexpr int kWeightBits = 10;  // a weight is a whole number of 2^-10
constexpr int kWholeProbability = UINT16_MAX;

// Probabilities [count] in proportion to `weights`, rounded so that running sums are off by at most half of 2^-16.
inline void build_probabilities(const double *weights, int count, uint16_t *entries) {
    const double whole = kWholeProbability / std::accumulate(weights, weights + count, 0.0);
    double running = 0;
    for (int i = 0, before = 0; i < count; ++i) {
        running += weights[i];
        const int upto = static_cast<int>(running * whole + 0.5);
        entries[i] = static_cast<uint16_t>(upto - before);
        before = upto;
    }
}

// Which of `count` a draw chooses, in proportion to probability times weight. Some probability of 1/count or more must have
// a weight of one at least.
inline int choose(const uint16_t *probabilities, const uint16_t *weights, int count, uint32_t draw) {
    const auto weighed = [&](int i) { return uint32_t{probabilities[i]} * weights[i] >> kWeightBits; };
    uint32_t total = 0;
    for (int i = 0; i < count; ++i) total += weighed(i);
    const uint64_t threshold = uint64_t{draw} * total >> kDrawBits;
    uint32_t running = 0;
    int chosen = 0;
    for (int i = 0; i < count; ++i) chosen += (running += weighed(i)) <= threshold;
    return chosen;
}

}  // namespace engine
