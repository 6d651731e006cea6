// Alias tables (Walker 1977) of 16-bit entries: one draw and one read give an outcome, whatever the number of outcomes.
// An entry is a slot's own share (high 10 bits, in 1024ths of the slot) and the outcome that has the rest (low 6 bits).
#pragma once

#include <cstdint>
#include <numeric>

#include "rng.h"

namespace engine {

constexpr int kOutcomeBits = 6, kShareBits = 10;
constexpr int kShare = 1 << kShareBits;
constexpr int kMostOutcomes = 1 << kOutcomeBits;

// A table of 2^bits slots, `start` entries from where its record begins; outcomes are numbers below 2^bits.
struct AliasTable {
    int start;
    int bits;

    constexpr int slots() const { return 1 << bits; }
    constexpr int end() const { return start + slots(); }
};

// Builds a table of 2^bits slots from as many weights. Probabilities are rounded to whole shares so that running sums are
// off by at most half a share.
inline void build_alias(const double *weights, int bits, uint16_t *entries) {
    const int slots = 1 << bits;
    int mass[kMostOutcomes], poor[kMostOutcomes], rich[kMostOutcomes];
    int poor_count = 0, rich_count = 0;
    const double shares = kShare * slots / std::accumulate(weights, weights + slots, 0.0);
    double running = 0;
    for (int i = 0, before = 0; i < slots; ++i) {
        running += weights[i];
        const int upto = rounded(running * shares);
        mass[i] = upto - before;
        before = upto;
        if (mass[i] < kShare) poor[poor_count++] = i;
        else rich[rich_count++] = i;
    }
    while (poor_count > 0) {
        const int slot = poor[--poor_count], giver = rich[rich_count - 1];
        entries[slot] = static_cast<uint16_t>(mass[slot] << kOutcomeBits | giver);
        mass[giver] -= kShare - mass[slot];
        if (mass[giver] < kShare) --rich_count, poor[poor_count++] = giver;
    }
    while (rich_count > 0) {
        const int slot = rich[--rich_count];
        entries[slot] = static_cast<uint16_t>(slot);  // no share of its own, and the rest is its own, too
    }
}

}  // namespace engine
