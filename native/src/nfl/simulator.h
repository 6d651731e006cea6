// The NFL plug-in of the generic engine: start, play and finish a lane. Contest points are counted here.
#pragma once

#include <memory>

#include "../engine/engine.h"
#include "snap.h"

namespace nfl {

struct Sport {
    using Lane = nfl::Lane;
    using Tables = nfl::Tables;
    static constexpr int kDescriptorWidth = 7;
    static constexpr int kTeamStats = kTeamStatCount;
    static constexpr int kPlayerStats = int{kPlayerStatCount} + int{kDefenceStatCount};

    static void start(const Tables &tables, size_t game, Source source, Lane &lane) {
        Field(tables, tables.game(game), source, lane).open();
    }

    static uint32_t bucket(const Tables &tables, size_t game, const Lane &lane) { return tables.bucket(game, lane); }

    static void play(const Tables &tables, size_t game, Source source, const uint16_t *record, Lane &lane) {
        Snap(tables, tables.game(game), source, record, lane).play();
    }

    static void finish(const Tables &tables, size_t game, const Lane &lane, size_t scenario, size_t scenarios,
                       const se_outputs &out) {
        for (size_t side = 0; side < 2; ++side) {
            const size_t team = game * 2 + side;
            out.scores[team * scenarios + scenario] = lane.team[side][kPoints];
            for (size_t i = 0; i < kTeamStatCount; ++i)
                out.team_stats[(team * kTeamStatCount + i) * scenarios + scenario] = lane.team[side][i];
            const auto &rows = tables.game(game).sides[side].rows;
            for (int i = 0; i < kNobody; ++i) {
                if (rows[i] < 0) continue;
                const int16_t *stats = lane.players[side][i];
                out.points[rows[i] * scenarios + scenario] = player_points(tables.scoring, stats);
                if (out.player_stats) copy_stats(out, rows[i], 0, stats, kPlayerStatCount, scenario, scenarios);
            }
            const int16_t *defence = lane.defence[side];
            out.points[rows[kNobody] * scenarios + scenario] = defence_points(tables.scoring, defence);
            if (out.player_stats)
                copy_stats(out, rows[kNobody], kPlayerStatCount, defence, kDefenceStatCount, scenario, scenarios);
        }
    }

  private:
    static void copy_stats(const se_outputs &out, size_t row, size_t first, const int16_t *stats, size_t count,
                           size_t scenario, size_t scenarios) {
        for (size_t i = 0; i < kPlayerStats; ++i) {
            const bool own = i >= first && i < first + count;
            out.player_stats[(row * kPlayerStats + i) * scenarios + scenario] = own ? stats[i - first] : 0;
        }
    }

    static int16_t player_points(const Scoring &scoring, const int16_t *stats) {
        int units = 0;
        for (int i = 0; i < kPlayerStatCount; ++i) units += stats[i] * scoring.player[i];
        if (stats[kPassYards] >= 300) units += scoring.bonus[0];
        if (stats[kRushYards] >= 100) units += scoring.bonus[1];
        if (stats[kReceivingYards] >= 100) units += scoring.bonus[2];
        return static_cast<int16_t>(units);
    }

    static int16_t defence_points(const Scoring &scoring, const int16_t *stats) {
        int units = 0;
        for (int i = 0; i < kDefenceStatCount; ++i) units += stats[i] * scoring.defence[i];
        size_t band = scoring.allowed_from.size() - 1;
        while (band > 0 && stats[kDefCharged] < scoring.allowed_from[band]) --band;
        return static_cast<int16_t>(units + scoring.allowed_units[band]);
    }
};

inline std::unique_ptr<engine::Simulator> make_simulator(const NamedTables &tables) {
    return std::make_unique<engine::Engine<Sport>>(tables);
}

}  // namespace nfl
