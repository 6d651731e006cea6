// The outputs of a finished game: team statistics, contest points, and player statistics where they are asked for.
#pragma once

#include "usage.h"

namespace nfl {

constexpr int kAllPlayerStats = int{kPlayerStatCount} + int{kDefenceStatCount};
constexpr int16_t kTookNoPart = INT16_MIN;  // in place of the points of a player who is absent

// Lanes of one game whose games are over, and their scenarios counted from the run's first.
struct Finished {
    std::vector<const Lane *> lanes;
    std::vector<size_t> scenarios;
};

class Results {
  public:
    Results(const Tables &tables, const se_outputs &outputs, size_t scenarios)
        : tables_(tables), out_(outputs), scenarios_(scenarios) {}

    // One statistic after the other, whose numbers lie side by side.
    void write(size_t game, const Finished &finished) const {
        for (size_t side = 0; side < 2; ++side) {
            const size_t team = game * 2 + side;
            put(finished, out_.scores, team, [&](const Lane &lane) { return lane.team[side][kPoints]; });
            for (int i = 0; i < kTeamStatCount; ++i)
                put(finished, out_.team_stats, team * kTeamStatCount + i, [&](const Lane &lane) { return lane.team[side][i]; });
            const Side &players = tables_.game(game).sides[side];
            const auto &rows = players.rows;
            for (int i = 0; i < kNobody; ++i) {
                if (rows[i] < 0) continue;
                const int weight = place_of_weight(players, i);
                put(finished, out_.points, rows[i], [&](const Lane &lane) {
                    return lane.usage[side][weight] == 0 ? kTookNoPart : player_points(lane.players[side][i]);
                });
                put_stats<0, kPlayerStatCount>(finished, rows[i], [&](const Lane &lane) { return lane.players[side][i]; });
            }
            const int32_t row = rows[kNobody];
            put(finished, out_.points, row, [&](const Lane &lane) { return defence_points(lane.defence[side]); });
            put_stats<kPlayerStatCount, kDefenceStatCount>(finished, row, [&](const Lane &lane) { return lane.defence[side]; });
        }
    }

  private:
    template <class Value>
    void put(const Finished &finished, int16_t *out, size_t row, Value value) const {
        int16_t *numbers = out + row * scenarios_;
        for (size_t i = 0; i < finished.lanes.size(); ++i) numbers[finished.scenarios[i]] = value(*finished.lanes[i]);
    }

    // Player statistics [kFirst, kFirst + kCount) of a row; it has none of the others.
    template <int kFirst, int kCount, class Stats>
    void put_stats(const Finished &finished, size_t row, Stats stats) const {
        if (out_.player_stats == nullptr) return;
        for (int i = 0; i < kAllPlayerStats; ++i) {
            const bool own = i >= kFirst && i < kFirst + kCount;
            put(finished, out_.player_stats, row * kAllPlayerStats + i,
                [&](const Lane &lane) { return own ? stats(lane)[i - kFirst] : int16_t{0}; });
        }
    }

    int16_t player_points(const int16_t *stats) const {
        const Scoring &scoring = tables_.scoring;
        int units = 0;
        for (int i = 0; i < kPlayerStatCount; ++i) units += stats[i] * scoring.player[i];
        if (stats[kPassYards] >= 300) units += scoring.bonus[0];
        if (stats[kRushYards] >= 100) units += scoring.bonus[1];
        if (stats[kReceivingYards] >= 100) units += scoring.bonus[2];
        return static_cast<int16_t>(units);
    }

    int16_t defence_points(const int16_t *stats) const {
        const Scoring &scoring = tables_.scoring;
        int units = 0;
        for (int i = 0; i < kDefenceStatCount; ++i) units += stats[i] * scoring.defence[i];
        size_t band = scoring.allowed_from.size() - 1;
        while (band > 0 && stats[kDefCharged] < scoring.allowed_from[band]) --band;
        return static_cast<int16_t>(units + scoring.allowed_units[band]);
    }

    const Tables &tables_;
    const se_outputs &out_;
    size_t scenarios_;
};

}  // namespace nfl
