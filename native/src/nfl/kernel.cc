// Choice of the kernel, and what kernels read.
#include "kernel.h"

namespace nfl {

namespace {

bool supported(Level level) {
#if defined(__x86_64__)
    if (level == kAvx2) return __builtin_cpu_supports("avx2");
    if (level == kAvx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
#endif
    return level == kReference || level == kPortable;
}

Level best() {
    for (const Level level : {kAvx512, kAvx2})
        if (supported(level)) return level;
    return kPortable;
}

// Where the statistics of a local player of a side begin.
int32_t statistics_of(int side, int local) { return kPlayersAt + (side * kLocals + local) * int32_t{kPlayerStatCount}; }

}  // namespace

const Kernel &kernel(int32_t level) {
    static const Kernel *const kernels[] = {nullptr, &kernel_reference, &kernel_portable, &kernel_avx2, &kernel_avx512};
    const Level chosen = level == kBest ? best() : static_cast<Level>(level);
    if (!supported(chosen)) throw engine::Error("this processor lacks the instructions of level " + std::to_string(level));
    return *kernels[chosen];
}

View::View(const Tables &tables, size_t number, uint64_t run_seed, const int32_t *game_slots, const uint16_t *game_records,
           const Books &sides)
    : clock_places(tables.nodes.clock.data()), margin_places(tables.nodes.margin.data()),
      distance_places(tables.nodes.distance.data()), yardline_places(tables.nodes.yardline.data()),
      starts(tables.nodes.starts.data()), shapes(tables.nodes.shapes.data()),
      buckets(tables.nodes.buckets.data()), distances_asked(tables.nodes.distances_asked.data()),
      side_buckets(tables.nodes.side_buckets), slots(game_slots),
      records(game_records), books(sides.entries()), yards(tables.yards.values.data()),
      seconds(tables.seconds.values.data()), long_gains(tables.long_gains.data()),
      seed{static_cast<uint32_t>(run_seed), static_cast<uint32_t>(run_seed >> 32)}, game(tables.game(number).key) {
    int32_t *credit = credits;
    for (const bool gone : {false, true})
        for (int side = 0; side < 2; ++side) {
            const Side &players = tables.game(number).sides[side];
            const auto place = [&](int local) { return statistics_of(side, gone && local == players.quarterback ? kNobody : local); };
            const int32_t passer = place(players.quarterback);
            for (const int local : players.receiver) *credit++ = place(local) | passer << 16;
            for (const int local : players.rusher) *credit++ = place(local) | passer << 16;
            *credit++ = passer | passer << 16;
        }
    for (int i = 0; i < 1 << kPenalties.bits; ++i) fouls[i] = 2 * tables.penalties[2 * i] + tables.penalties[2 * i + 1];
    foul_draws = static_cast<int32_t>(engine::draws_below(tables.special.foul_after_play));
    rare_punt_draws = static_cast<int32_t>(tables.special.punts.returned);
}

}  // namespace nfl
