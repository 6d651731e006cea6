// The games a thread plays side by side, a lane each: what every snap reads and writes as columns, the rest as lanes.
#pragma once

#include <algorithm>
#include <bit>

#include "tables.h"

namespace nfl {

constexpr int kTileLanes = 256;
constexpr int kChunk = 32;  // lanes that are settled together
constexpr int kMostVectorLanes = 16;

using Column = int32_t[kTileLanes];

// The draws of a snap; those of its second block are in snap.h.
enum Use { kUseType, kUseTarget, kUseResult, kUseYards, kUseTime, kUseWithin, kUseEvent, kUseDepth };

// The entries that a snap reads: of its record the play type's, the others of the books.
enum Read { kReadType, kReadTarget, kReadDepth, kReadResult, kReadYards, kReadTime, kReadCount };

// What was drawn for the snap of each lane.
struct alignas(64) Drawn {
    Column words[4];  // the snap's random numbers
    Column type, shotgun, depth;
    Column target;  // of a pass the receiver, of a run the rusher
    Column result;  // of the pass or run, of the field goal, or which penalty
    Column yards, seconds;
    Column places[kReadCount];  // of the entries read; of the targets, where their table begins
};

struct alignas(64) Tile {
    // The state of each lane (state.h); `lead` is the home side's.
    Column clock, half, offence, down, to_go, yardline, lead, plays, scenario;
    Column lane;    // where the rest of the state lies
    Column cell, bucket;  // of the state
    Column slot;    // of the bucket's record
    Column weights[2][kWeightPairs], tilt[2], form[2], leaves[2], pace[2];  // of each side (Lane::usage); its forms a byte each
    Drawn drawn{};
    int32_t rare[kTileLanes + 1];  // lanes whose snap is not plain: the rules of snap.h are due
    int rares = 0;                 // how many they are
    Lane lanes[kTileLanes];
    int count = 0;

    // Takes the state of lane `i` from `lanes`.
    void load(int i) {
        const Lane &from = lanes[lane[i]];
        clock[i] = from.clock, half[i] = from.half, offence[i] = from.offence;
        down[i] = from.down, to_go[i] = from.to_go, yardline[i] = from.yardline;
        lead[i] = from.margin(1);
        plays[i] = from.plays, scenario[i] = static_cast<int32_t>(from.scenario);
    }

    // Takes what lane `i` keeps all game.
    void load_usage(int i) {
        const Lane &from = lanes[lane[i]];
        for (int side = 0; side < 2; ++side) {
            for (int pair = 0; pair < kWeightPairs; ++pair)
                weights[side][pair][i] = from.usage[side][2 * pair] | from.usage[side][2 * pair + 1] << 16;
            tilt[side][i] = from.tilt[side];
            form[side][i] = std::bit_cast<int32_t>(from.form[side]);
            leaves[side][i] = from.leaves[side];
            pace[side][i] = from.pace[side];
        }
    }

    // Writes the state of lane `i` back; scores are written by the rules only.
    Lane &store(int i) {
        Lane &to = lanes[lane[i]];
        to.clock = static_cast<int16_t>(clock[i]), to.half = static_cast<Half>(half[i]);
        to.offence = static_cast<uint8_t>(offence[i]), to.down = static_cast<int8_t>(down[i]);
        to.to_go = static_cast<int8_t>(to_go[i]), to.yardline = static_cast<int8_t>(yardline[i]);
        to.plays = static_cast<uint16_t>(plays[i]);
        return to;
    }

    // Kernels play whole vectors: lanes past the last must be states of the game, too.
    void pad() {
        for (int i = count; i % kMostVectorLanes != 0; ++i) lane[i] = lane[count - 1], load(i), load_usage(i);
    }

    // The last lane takes the place of lane `i`, whose game is no longer played here.
    void remove(int i) {
        --count;
        for (Column *column : {&clock, &half, &offence, &down, &to_go, &yardline, &lead, &plays, &scenario, &lane, &bucket, &slot})
            (*column)[i] = (*column)[count];
        for (Column &word : drawn.words) word[i] = word[count];
        for (int side = 0; side < 2; ++side) {
            for (Column &pair : weights[side]) pair[i] = pair[count];
            tilt[side][i] = tilt[side][count];
            form[side][i] = form[side][count];
            leaves[side][i] = leaves[side][count];
            pace[side][i] = pace[side][count];
        }
    }
};

// Where the snaps of a tile read.
struct alignas(64) Trace {
    Column cell, bucket, slot;
    Column places[kReadCount];
    int count;

    explicit Trace(const Tile &tile) : count(tile.count) {
        std::copy_n(tile.cell, kTileLanes, cell);
        std::copy_n(tile.bucket, kTileLanes, bucket);
        std::copy_n(tile.slot, kTileLanes, slot);
        std::copy_n(&tile.drawn.places[0][0], kReadCount * kTileLanes, &places[0][0]);
    }
};

}  // namespace nfl
