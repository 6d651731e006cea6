// Counter-based random numbers: Philox4x32-10 (Salmon et al., SC 2011). A play's numbers are a pure
// function of (seed, game, scenario, play), so results do not depend on threads, batches or the cache.
#pragma once

#include <array>
#include <cstdint>

namespace engine {

using Block = std::array<uint32_t, 4>;

inline Block philox(uint64_t key, Block counter) {
    uint32_t key0 = static_cast<uint32_t>(key), key1 = static_cast<uint32_t>(key >> 32);
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

// Draws are whole numbers below this; 65535 so that a cumulative probability of 1 fits 16 bits.
constexpr uint32_t kDrawEnd = 65535;

// Eight 16-bit draws of one play; `second()` gives eight more.
class Draws {
  public:
    Draws(uint64_t seed, uint32_t game, uint32_t scenario, uint32_t play, uint32_t block = 0)
        : seed_(seed), counter_{game, scenario, play, block}, words_(philox(seed, counter_)) {}

    uint32_t operator[](int i) const {
        const uint32_t half = (words_[i >> 1] >> (16 * (i & 1))) & 0xFFFF;
        return (half * kDrawEnd) >> 16;
    }

    bool happens(int i, double probability) const { return (*this)[i] < probability * kDrawEnd; }

    Draws second() const { return {seed_, counter_[0], counter_[1], counter_[2], counter_[3] + 1}; }

  private:
    uint64_t seed_;
    Block counter_;
    Block words_;
};

// The random numbers of one lane.
struct Source {
    uint64_t seed;
    uint32_t game;
    uint32_t scenario;

    Draws play(uint32_t number) const { return {seed, game, scenario, number}; }
};

}  // namespace engine
