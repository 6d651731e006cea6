// The plain part of a snap for many lanes at once: find the bucket, draw, and apply what most snaps come to. One source
// (kernel.inc) compiled for several instruction sets; the best the processor has is chosen when the program runs.
#pragma once

#include <cstddef>
#include <string>

#include "books.h"
#include "course.h"
#include "tile.h"

namespace nfl {

// Who may carry the ball: a receiver, a rusher, the quarterback; as numbers that follow one another.
constexpr int kFirstRusher = kReceivers + 1, kQuarterback = kFirstRusher + kRushers + 1, kCarriers = kQuarterback + 1;
// Where a lane's statistics begin, among its 16-bit numbers.
constexpr int32_t kSnapsAt = offsetof(Lane, snaps) / 2, kPlayersAt = offsetof(Lane, players) / 2;

// What the kernels read of a game, as plain arrays.
struct View {
    View(const Tables &tables, size_t number, uint64_t run_seed, const int32_t *game_slots, const uint16_t *game_records,
         const Books &sides);

    const uint16_t *clock_places, *margin_places, *distance_places, *yardline_places;
    const int32_t *starts, *shapes;
    const uint16_t *buckets;  // of cells
    const uint16_t *distances_asked;  // by buckets of the game
    int32_t side_buckets;
    const int32_t *slots;  // of the game's buckets
    const uint16_t *records, *books;
    const int8_t *yards, *seconds;
    const int32_t *long_gains;
    int32_t fouls[1 << kPenalties.bits];  // by result of a penalty: twice its yards, and one if the series begins anew
    // By whether the quarterback is gone, side and carrier: where he (low half) and the passer have their statistics.
    int32_t credits[2 * 2 * kCarriers];
    uint32_t seed[2], game;
    int32_t foul_draws, rare_punt_draws;  // draws below these
};

constexpr int kLongestGame = 2000;  // plays; a game has about 180

struct Kernel {
    // The random numbers of the next snap of every lane.
    void (*draw)(const View &view, Tile &tile);
    // Bucket and slot of every lane, whose records are asked for; says whether one is missing.
    bool (*find)(const View &view, Tile &tile);
    // Draws the snaps and plays those that are plain.
    void (*play)(const View &view, Tile &tile);
    // The reads of `find` and `play` alone, to be measured: returns the sum of what was read.
    int32_t (*read)(const View &view, const Trace &trace);
};

// Instruction sets by name of se_options.level.
enum Level : int32_t { kBest, kReference, kPortable, kAvx2, kAvx512 };

extern const Kernel kernel_reference, kernel_portable, kernel_avx2, kernel_avx512;

// The kernel of a level; an error when this processor has not got its instructions.
const Kernel &kernel(int32_t level);

}  // namespace nfl
