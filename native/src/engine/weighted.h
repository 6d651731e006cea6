// Choices that every lane weighs by numbers of its own: 8-bit parts of the likeliest, times weights that stay all game.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rng.h"

namespace engine {

constexpr int kMostParts = UINT8_MAX;
constexpr int kMostWeight = INT16_MAX;  // vectors multiply signed numbers of 16 bits

// Where a candidate has his part: of every four bytes the first and the third are two who follow one another, and so are
// the others, as vectors take two at a time.
constexpr int place_of_part(int candidate) { return (candidate & ~3) | (candidate & 1) << 1 | (candidate >> 1 & 1); }

// Parts [count] in proportion to `weights`, the largest of which gets kMostParts.
inline void build_parts(const double *weights, int count, uint8_t *parts) {
    const double largest = *std::max_element(weights, weights + count);
    for (int i = 0; i < count; ++i) parts[place_of_part(i)] = static_cast<uint8_t>(rounded(kMostParts * weights[i] / largest));
}

// Which of `count` a draw chooses, in proportion to parts times weights; the last, if that is nothing for all of them.
inline int choose(const uint8_t *parts, const uint16_t *weights, int count, uint32_t draw) {
    const auto share = [&](int i) { return uint32_t{parts[place_of_part(i)]} * weights[i]; };
    uint32_t total = 0, running = 0;
    for (int i = 0; i < count; ++i) total += share(i);
    const uint64_t threshold = uint64_t{draw} * total >> kDrawBits;
    int chosen = 0;
    for (int i = 0; i + 1 < count; ++i) chosen += (running += share(i)) <= threshold;
    return chosen;
}

}  // namespace engine
