// What the NFL plug-in is told when it is opened: bins, outcome values, counted rates, scoring and the
// games with the players of each side. Names and order are those of sports/nfl/simulation.py.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "../engine/layout.h"
#include "state.h"

namespace nfl {

using engine::Draws;
using engine::NamedTables;

constexpr int kEqualParts = 64;   // a counted distribution is this many equally likely values
constexpr int kMaxMargin = 60;    // larger leads are played as this one
constexpr int kHalfSeconds = 1800;
constexpr int kFarthest = 200;    // yards: no two spots lie farther apart
constexpr int kMostUnits = 5000;  // of a statistic: sixteen bits of it, times ten statistics, fit an int
constexpr int64_t kMostEntities = 1 << 24;
constexpr uint64_t kMostBuckets = 1 << 28;  // four bytes each
using Values = std::array<int16_t, kEqualParts>;

inline int draw_value(const Values &values, const Draws &draws, int use) {
    return values[(draws[use] * kEqualParts) / engine::kDrawEnd];
}

// What lies within the bins of a head: equally likely values of each group and bin, counted from past plays.
struct Within {
    static constexpr int kParts = 32;
    std::vector<int16_t> values;  // [groups, bins, kParts]
    int bins;

    int draw(int group, int bin, uint32_t within) const {
        return values[(group * bins + bin) * kParts + within * kParts / engine::kDrawEnd];
    }
};

// Rates and distributions counted from past plays (sports/nfl/special.py).
struct Special {
    double kickoff_touchdown, kickoff_lost, onside_attempt, onside_recovered;
    double extra_point, two_point, two_point_pass;
    double interception_touchdown, fumble_touchdown;
    double punt_blocked, punt_blocked_touchdown, punt_touchdown, punt_muffed;
    double field_goal_blocked, field_goal_blocked_touchdown;
    double foul_after_play;  // the play stands and a foul is added
    Values kickoff_start, kickoff_seconds, free_kick_start, interception_net, fumble_net, punt_blocked_net, foul_after_play_net;
    std::array<double, 2 * (2 * kMaxMargin + 1)> two_point_try;  // [fourth quarter, margin before the try]
};

struct Scoring {
    std::array<int16_t, kPlayerStatCount> player;
    std::array<int16_t, 3> bonus;  // 300 passing, 100 rushing, 100 receiving
    std::array<int16_t, kDefenceStatCount> defence;
    std::vector<int16_t> allowed_from, allowed_units;
};

struct Side {
    std::array<int16_t, kReceivers + 1> receiver;  // local player of each slot
    std::array<int16_t, kRushers + 1> rusher;
    int16_t quarterback;
    std::array<int32_t, kLocals> rows;  // output row of each local player, -1 for none; last: the defence
};

struct Game {
    uint32_t key;   // names the game to the random numbers
    bool playoff;   // no ties
    int16_t overtime_seconds;  // of a period of overtime
    OvertimeRule overtime;
    int16_t kickoff_touchback;   // yards to the goal line
    int16_t out_of_bounds_yards;  // from where it was kicked a kick-off out of bounds is the receivers' ball
    Side sides[2];
};

// Groups and classes of each head as the rules index them; classes 0: as many as the table says.
constexpr int kShapes[kHeadCount][2] = {
    {1, kFormations}, {kFormations, kNoPlay + 1}, {1, kReceivers + 1}, {2, kRushers + 1}, {kReceivers + 1, kDepths},
    {kDepths, kPassFumble + 1}, {3, 2}, {1, 2}, {1, 0}, {kYardsPunt + 1, 0}, {kTimeNoPlay + 1, 0}};
constexpr int kMostClasses = 1024;

class Tables {
  public:
    explicit Tables(const NamedTables &named)
        : layout(with_checked_heads(named)), entities(named.whole<int64_t>("entities", 1, kMostEntities, 1)[0]) {
        read_penalties(named);
        yards = read_within(named, "yard_values", kHeadYards, -kFarthest, kFarthest);
        seconds = read_within(named, "time_values", kHeadTime, 0, kHalfSeconds);
        read_bins(named);
        read_special(named);
        read_scoring(named);
        read_games(named);
    }

    int64_t game_count() const { return static_cast<int64_t>(games.size()); }
    const Game &game(size_t index) const { return games[index]; }
    size_t bucket_count() const { return games.size() * 2 * side_buckets_; }

    uint32_t bucket(size_t game, const Lane &lane) const {
        const int clock = clock_bins_[lane.half * (kHalfSeconds + 1) + lane.clock];
        const int margin = std::clamp<int>(lane.margin(lane.offence), -kMaxMargin, kMaxMargin) + kMaxMargin;
        const int score = score_bins_[clock * (2 * kMaxMargin + 1) + margin];
        uint32_t index = (clock * scores_ + score) * 4 + (lane.down - 1);
        index = index * distances_ + distance_bins_[lane.to_go];
        index = index * yardlines_ + yardline_bins_[lane.yardline];
        return static_cast<uint32_t>((game * 2 + lane.offence) * side_buckets_ + index);
    }

    // (game, side, down, distance bin, yardline bin, clock bin, score bin)
    void describe(uint32_t bucket, int32_t *out) const {
        uint32_t index = bucket % side_buckets_;
        out[0] = static_cast<int32_t>(bucket / side_buckets_ / 2);
        out[1] = static_cast<int32_t>(bucket / side_buckets_ % 2);
        out[4] = index % yardlines_, index /= yardlines_;
        out[3] = index % distances_, index /= distances_;
        out[2] = index % 4 + 1, index /= 4;
        out[6] = index % scores_;
        out[5] = index / scores_;
    }

    engine::Layout layout;
    int64_t entities;
    Within yards, seconds;
    std::vector<int16_t> penalties;  // (yards for the offence, down starts anew)
    Special special;
    Scoring scoring;

  private:
    static const NamedTables &with_checked_heads(const NamedTables &named) {
        engine::need_between("the number of heads", static_cast<int64_t>(named.heads().size()), kHeadCount, kHeadCount);
        const auto shape = named.whole<int>("heads", 1, kMostClasses, 2 * kHeadCount);
        for (int i = 0; i < 2 * kHeadCount; ++i) {
            const int needed = kShapes[i / 2][i % 2];
            if (needed != 0) engine::need_value("heads", i, shape[i], needed, needed, true);
        }
        return named;
    }

    void read_penalties(const NamedTables &named) {
        penalties = named.whole<int16_t>("penalties", -99, 99, 2 * layout.group(kHeadPenalty).classes);
        for (size_t i = 1; i < penalties.size(); i += 2) engine::need_value("penalties", i, penalties[i], 0, 1, true);
    }

    Within read_within(const NamedTables &named, const char *name, Head head, int low, int high) const {
        const int bins = layout.group(head).classes;
        return {named.whole<int16_t>(name, low, high, layout.groups_of(head) * bins * Within::kParts), bins};
    }

    void read_bins(const NamedTables &named) {
        constexpr int kYards = 100, kClocks = 3 * (kHalfSeconds + 1), kMargins = 2 * kMaxMargin + 1;
        const auto counts = named.whole<uint32_t>("bin_counts", 1, kClocks, 4);
        distances_ = counts[0], yardlines_ = counts[1], scores_ = counts[3];
        distance_bins_ = bins(named, "distance_bins", kYards, counts[0]);
        yardline_bins_ = bins(named, "yardline_bins", kYards, counts[1]);
        clock_bins_ = bins(named, "clock_bins", kClocks, counts[2]);
        score_bins_ = bins(named, "score_bins", size_t{counts[2]} * kMargins, counts[3]);
        const uint64_t buckets = uint64_t{counts[2]} * scores_ * 4 * distances_ * yardlines_;
        engine::need_between("the number of states that table bin_counts makes", buckets, 1, kMostBuckets);
        side_buckets_ = static_cast<uint32_t>(buckets);
    }

    static std::vector<int16_t> bins(const NamedTables &named, const char *name, size_t size, uint32_t count) {
        return named.whole<int16_t>(name, 0, count - 1.0, size);
    }

    template <class Values>
    static void fill(const NamedTables &named, const char *name, double low, double high, Values &out) {
        const auto values = named.whole<typename Values::value_type>(name, low, high, out.size());
        std::copy(values.begin(), values.end(), out.begin());
    }

    void read_special(const NamedTables &named) {
        double *rates[] = {&special.kickoff_touchdown, &special.kickoff_lost, &special.onside_attempt,
                           &special.onside_recovered, &special.extra_point, &special.two_point,
                           &special.two_point_pass, &special.interception_touchdown, &special.fumble_touchdown,
                           &special.punt_blocked, &special.punt_blocked_touchdown, &special.punt_touchdown,
                           &special.punt_muffed, &special.field_goal_blocked, &special.field_goal_blocked_touchdown,
                           &special.foul_after_play};
        const auto values = named.between("special_rates", 0, 1, std::size(rates));
        for (size_t i = 0; i < std::size(rates); ++i) *rates[i] = values[i];
        fill(named, "kickoff_start", 0, 100, special.kickoff_start);
        fill(named, "kickoff_seconds", 0, kHalfSeconds, special.kickoff_seconds);
        fill(named, "free_kick_start", 0, 100, special.free_kick_start);
        fill(named, "interception_net", -kFarthest, kFarthest, special.interception_net);
        fill(named, "fumble_net", -kFarthest, kFarthest, special.fumble_net);
        fill(named, "punt_blocked_net", -kFarthest, kFarthest, special.punt_blocked_net);
        fill(named, "foul_after_play_net", -kFarthest, kFarthest, special.foul_after_play_net);
        const auto tries = named.between("two_point_try", 0, 1, special.two_point_try.size());
        std::copy(tries.begin(), tries.end(), special.two_point_try.begin());
    }

    void read_scoring(const NamedTables &named) {
        fill(named, "player_units", -kMostUnits, kMostUnits, scoring.player);
        fill(named, "bonus_units", -kMostUnits, kMostUnits, scoring.bonus);
        fill(named, "defence_units", -kMostUnits, kMostUnits, scoring.defence);
        scoring.allowed_from = named.whole<int16_t>("allowed_from", INT16_MIN, INT16_MAX);
        if (scoring.allowed_from.empty()) throw engine::Error("table allowed_from is empty: needed a band of points");
        scoring.allowed_units =
            named.whole<int16_t>("allowed_units", -kMostUnits, kMostUnits, scoring.allowed_from.size());
    }

    void read_games(const NamedTables &named) {
        const auto keys = named.whole<uint32_t>("game_keys", 0, UINT32_MAX);
        if (keys.empty()) throw engine::Error("table game_keys is empty: needed a game");
        const size_t count = keys.size();
        const auto playoff = named.whole<int16_t>("game_playoff", 0, 1, count);
        const auto overtime = named.whole<int16_t>("game_overtime_seconds", 1, kHalfSeconds, count);
        const auto rules = named.whole<int16_t>("game_overtime_rule", 0, int(OvertimeRule::kBothPossess), count);
        const auto out_of_bounds = named.whole<int16_t>("game_out_of_bounds_yards", 0, 100, count);
        const auto touchbacks = named.whole<int16_t>("game_kickoff_touchback", 1, 99, count);
        for (size_t i = 0; i < count; ++i)
            games.push_back({keys[i], playoff[i] != 0, overtime[i], OvertimeRule(rules[i]), touchbacks[i],
                             out_of_bounds[i], {}});
        engine::need_between("the number of states of all games", bucket_count(), 1, kMostBuckets);
        read_sides(named);
    }

    void read_sides(const NamedTables &named) {
        const size_t sides = games.size() * 2;
        const auto receivers = named.whole<int16_t>("receivers", 0, kNobody, sides * (kReceivers + 1));
        const auto rushers = named.whole<int16_t>("rushers", 0, kNobody, sides * (kRushers + 1));
        const auto quarterbacks = named.whole<int16_t>("quarterbacks", 0, kNobody, sides);
        const auto rows = named.whole<int32_t>("rows", -1, entities - 1.0, sides * kLocals);
        check_rows(rows);
        for (size_t i = 0; i < sides; ++i) {
            Side &side = games[i / 2].sides[i % 2];
            std::copy_n(&receivers[i * side.receiver.size()], side.receiver.size(), side.receiver.begin());
            std::copy_n(&rushers[i * side.rusher.size()], side.rusher.size(), side.rusher.begin());
            side.quarterback = quarterbacks[i];
            std::copy_n(&rows[i * kLocals], kLocals, side.rows.begin());
        }
    }

    // Each output row is somebody's, so that all are written, and one's only, as threads write without locks.
    void check_rows(const std::vector<int32_t> &rows) const {
        std::vector<bool> taken(entities);
        for (size_t i = 0; i < rows.size(); ++i) {
            const bool defence = i % kLocals == kNobody;
            if (defence) engine::need_value("rows", i, rows[i], 0, entities - 1.0, true);
            if (rows[i] < 0) continue;
            if (taken[rows[i]])
                throw engine::Error("table rows gives output row " + std::to_string(rows[i]) + " twice");
            taken[rows[i]] = true;
        }
        const auto free = std::find(taken.begin(), taken.end(), false) - taken.begin();
        if (free != entities)
            throw engine::Error("table rows leaves output row " + std::to_string(free) + " to nobody");
    }

    std::vector<Game> games;
    std::vector<int16_t> distance_bins_, yardline_bins_, clock_bins_, score_bins_;
    uint32_t distances_ = 0, yardlines_ = 0, scores_ = 0, side_buckets_ = 0;
};

}  // namespace nfl
