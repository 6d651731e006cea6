// The outputs of a finished game: team statistics, contest points, and player statistics where they are asked for.
#pragma once

#include "tables.h"

namespace nfl {

constexpr int kAllPlayerStats = int{kPlayerStatCount} + int{kDefenceStatCount};

class Results {
  public:
    Results(const Tables &tables, const se_outputs &outputs, size_t scenarios)
        : tables_(tables), out_(outputs), scenarios_(scenarios) {}

    // `scenario`: counted from the run's first.
    void write(size_t game, size_t scenario, Lane &lane) const {
        for (int side = 0; side < 2; ++side) lane.sum_up(side);
        for (size_t side = 0; side < 2; ++side) {
            const size_t team = game * 2 + side;
            out_.scores[team * scenarios_ + scenario] = lane.team[side][kPoints];
            for (size_t i = 0; i < kTeamStatCount; ++i)
                out_.team_stats[(team * kTeamStatCount + i) * scenarios_ + scenario] = lane.team[side][i];
            const auto &rows = tables_.game(game).sides[side].rows;
            for (int i = 0; i < kNobody; ++i) {
                if (rows[i] < 0) continue;
                const int16_t *stats = lane.players[side][i];
                out_.points[rows[i] * scenarios_ + scenario] = player_points(stats);
                copy_stats(rows[i], 0, stats, kPlayerStatCount, scenario);
            }
            const int16_t *defence = lane.defence[side];
            out_.points[rows[kNobody] * scenarios_ + scenario] = defence_points(defence);
            copy_stats(rows[kNobody], kPlayerStatCount, defence, kDefenceStatCount, scenario);
        }
    }

  private:
    void copy_stats(size_t row, size_t first, const int16_t *stats, size_t count, size_t scenario) const {
        if (out_.player_stats == nullptr) return;
        for (size_t i = 0; i < kAllPlayerStats; ++i) {
            const bool own = i >= first && i < first + count;
            out_.player_stats[(row * kAllPlayerStats + i) * scenarios_ + scenario] = own ? stats[i - first] : 0;
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
