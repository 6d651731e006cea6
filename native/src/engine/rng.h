// Counter-based random numbers: Philox4x32-10 (Salmon et al., SC 2011). A play's numbers are a pure
// function of (seed, game, scenario, play), so results do not depend on threads, batches or the cache.
#pragma once

#include <array>
#include <cstdint>

namespace engine {

using Words = std::array<uint32_t, 4>;

inline Words philox(uint64_t key, Words counter) {
    auto key0 = static_cast<uint32_t>(key), key1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
        const uint64_t product0 = uint64_t{0xD2511F53} * counter[0];
        const uint64_t product1 = uint64_t{0xCD9E8D57} * counter[2];
        counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0, static_cast<uint32_t>(product1),
                   static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1, static_cast<uint32_t>(product0)};
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
    return counter;
}

constexpr int kDrawBits = 16;  // of a draw, which is a whole number below 2^16

// The whole number nearest to one that is not negative, halves up; std::lround is a call, and plays round, too.
inline int rounded(double value) {
    const int down = static_cast<int>(value);
    return down + (value - down >= 0.5);
}

// A probability as the draws below it: 0 is never, 2^16 always.
inline uint32_t draws_below(double probability) { return rounded(probability * (1 << kDrawBits)); }

// Eight 16-bit draws.
class Draws {
  public:
    explicit Draws(Words words) : words_(words) {}

    uint32_t operator[](int i) const { return (words_[i >> 1] >> (kDrawBits * (i & 1))) & 0xFFFF; }

    bool happens(int i, double probability) const { return (*this)[i] < draws_below(probability); }

  private:
    Words words_;
};

// The random numbers of one lane.
struct Source {
    uint64_t seed;
    uint32_t game;
    uint32_t scenario;

    // A play has two blocks: what most plays need, and what comes after a few.
    Draws play(uint32_t number, uint32_t block = 0) const { return Draws(philox(seed, {game, scenario, number, block})); }
};

}  // namespace engine
