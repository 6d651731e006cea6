// What the NFL plug-in is told when it is opened: bins, outcome values, counted rates, scoring and the
// games with the players of each side. Names and order are those of sports/nfl/simulation.py.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "record.h"

namespace nfl {

using engine::Draws;
using engine::NamedTables;

constexpr int kEqualParts = 64;   // a counted distribution is this many equally likely values
constexpr int kMaxMargin = 60;    // larger leads are played as this one
constexpr int kHalfSeconds = 1800;
using Values = std::array<int16_t, kEqualParts>;

inline int draw_value(const Values &values, const Draws &draws, int use) {
    return values[draws[use] * kEqualParts >> engine::kDrawBits];
}

// What lies within the bins of a head: equally likely values of each group and bin, counted from past plays.
struct Within {
    static constexpr int kPartBits = 5, kParts = 1 << kPartBits;
    std::vector<int8_t> values;  // [groups, slots of the head's table, kParts]
};

// What may become of a punt, of one draw: blocked below `blocked`, else muffed below `muffed`, else returned for a
// touchdown below `returned`.
struct PuntDraws {
    uint32_t blocked, muffed, returned;
};

// Rates and distributions counted from past plays (sports/nfl/special.py).
struct Special {
    double kickoff_touchdown, kickoff_lost, onside_attempt, onside_recovered;
    double extra_point, two_point, two_point_pass;
    double interception_touchdown, fumble_touchdown;
    double punt_blocked_touchdown;
    PuntDraws punts;
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

// Which bin a value of the state is in.
struct Bins {
    std::vector<int32_t> distance, yardline;  // by yards
    std::vector<int32_t> clock;               // [half, seconds left]
    std::vector<int32_t> score;               // [clock bin, margin from -kMaxMargin on]
    int32_t distances, yardlines, scores, side_buckets;

    // The bucket of a state: side, clock bin, score bin, down, distance bin and yardline bin, the last the innermost.
    int32_t bucket(const Lane &lane) const {
        const int in_half = clock[lane.half * (kHalfSeconds + 1) + lane.clock];
        const int margin = std::clamp<int>(lane.margin(lane.offence), -kMaxMargin, kMaxMargin) + kMaxMargin;
        int32_t index = (in_half * scores + score[in_half * (2 * kMaxMargin + 1) + margin]) * 4 + lane.down - 1;
        index = (index * distances + distance[lane.to_go]) * yardlines + yardline[lane.yardline];
        return lane.offence * side_buckets + index;
    }
};

class Tables {
  public:
    explicit Tables(const NamedTables &named)
        : layout(named), entities(static_cast<int64_t>(named.number("entities"))) {
        const auto fouls = integers(named, "penalties");
        penalties.assign(fouls.begin(), fouls.end());
        check_heads(layout);
        if (layout.group(kHeadPenalty).classes * 2 != static_cast<int>(penalties.size()))
            throw engine::Error("tables heads and penalties disagree");
        penalties.resize(2u << kPenalties.bits);
        yards = read_within(named, "yard_values", kHeadYards, kYards.bits);
        seconds = read_within(named, "time_values", kHeadTime, kTimes.bits);
        read_bins(named);
        read_special(named);
        read_scoring(named);
        read_games(named);
    }

    int64_t game_count() const { return static_cast<int64_t>(games.size()); }
    const Game &game(size_t index) const { return games[index]; }
    // The buckets of a game, those of each side together.
    size_t buckets() const { return size_t{2} * bins.side_buckets; }

    int side_of(uint32_t bucket) const { return static_cast<int>(bucket) / bins.side_buckets; }

    // (game, side, down, distance bin, yardline bin, clock bin, score bin)
    void describe(size_t game, uint32_t bucket, int32_t *out) const {
        uint32_t index = bucket % bins.side_buckets;
        out[0] = static_cast<int32_t>(game);
        out[1] = static_cast<int32_t>(bucket / bins.side_buckets);
        out[4] = index % bins.yardlines, index /= bins.yardlines;
        out[3] = index % bins.distances, index /= bins.distances;
        out[2] = index % 4 + 1, index /= 4;
        out[6] = index % bins.scores;
        out[5] = index / bins.scores;
    }

    engine::Layout layout;
    int64_t entities;
    Within yards, seconds;
    std::vector<int32_t> penalties;  // (yards for the offence, down starts anew)
    Special special;
    Scoring scoring;
    Bins bins;

  private:
    static constexpr size_t kOverread = 4;  // vectors read a little past what they need

    static std::vector<int16_t> integers(const NamedTables &named, const std::string &name, size_t size = 0) {
        const auto values = named.at(name, size);
        return {values.begin(), values.end()};
    }

    Within read_within(const NamedTables &named, const char *name, Head head, int bits) const {
        const size_t groups = layout.groups_of(head), row = layout.group(head).classes * Within::kParts;
        const auto values = integers(named, name, groups * row);
        const size_t stride = size_t{Within::kParts} << bits;
        Within within{std::vector<int8_t>(groups * stride + kOverread)};
        for (size_t i = 0; i < values.size(); ++i) {
            if (values[i] < INT8_MIN || values[i] > INT8_MAX)
                throw engine::Error(std::string("table ") + name + " has " + std::to_string(values[i]) + ", beyond a byte");
            within.values[i / row * stride + i % row] = static_cast<int8_t>(values[i]);
        }
        return within;
    }

    void read_bins(const NamedTables &named) {
        int counts[4];
        named.copy("bin_counts", counts, 4);
        bins.distances = counts[0], bins.yardlines = counts[1], bins.scores = counts[3];
        bins.side_buckets = counts[2] * bins.scores * 4 * bins.distances * bins.yardlines;
        bins.distance = checked_bins(named, "distance_bins", 100, counts[0]);
        bins.yardline = checked_bins(named, "yardline_bins", 100, counts[1]);
        bins.clock = checked_bins(named, "clock_bins", 3 * (kHalfSeconds + 1), counts[2]);
        bins.score = checked_bins(named, "score_bins", size_t(counts[2]) * (2 * kMaxMargin + 1), counts[3]);
    }

    static std::vector<int32_t> checked_bins(const NamedTables &named, const char *name, size_t size, int bins) {
        const auto values = integers(named, name, size);
        for (const int16_t value : values)
            if (value < 0 || value >= bins) throw engine::Error(std::string("table ") + name + " names an unknown bin");
        return {values.begin(), values.end()};
    }

    void read_special(const NamedTables &named) {
        double punt_blocked, punt_muffed, punt_touchdown;
        double *rates[] = {&special.kickoff_touchdown, &special.kickoff_lost, &special.onside_attempt,
                           &special.onside_recovered, &special.extra_point, &special.two_point,
                           &special.two_point_pass, &special.interception_touchdown, &special.fumble_touchdown,
                           &punt_blocked, &special.punt_blocked_touchdown, &punt_touchdown, &punt_muffed,
                           &special.field_goal_blocked, &special.field_goal_blocked_touchdown,
                           &special.foul_after_play};
        const auto values = named.at("special_rates", std::size(rates));
        for (size_t i = 0; i < std::size(rates); ++i) *rates[i] = values[i];
        const double caught = (1 - punt_blocked) * (1 - punt_muffed);
        special.punts = {engine::draws_below(punt_blocked), engine::draws_below(1 - caught),
                         engine::draws_below(1 - caught * (1 - punt_touchdown))};
        named.copy("kickoff_start", special.kickoff_start.data(), kEqualParts);
        named.copy("kickoff_seconds", special.kickoff_seconds.data(), kEqualParts);
        named.copy("free_kick_start", special.free_kick_start.data(), kEqualParts);
        named.copy("interception_net", special.interception_net.data(), kEqualParts);
        named.copy("fumble_net", special.fumble_net.data(), kEqualParts);
        named.copy("punt_blocked_net", special.punt_blocked_net.data(), kEqualParts);
        named.copy("foul_after_play_net", special.foul_after_play_net.data(), kEqualParts);
        named.copy("two_point_try", special.two_point_try.data(), special.two_point_try.size());
    }

    void read_scoring(const NamedTables &named) {
        named.copy("player_units", scoring.player.data(), scoring.player.size());
        named.copy("bonus_units", scoring.bonus.data(), scoring.bonus.size());
        named.copy("defence_units", scoring.defence.data(), scoring.defence.size());
        scoring.allowed_from = integers(named, "allowed_from");
        scoring.allowed_units = integers(named, "allowed_units", scoring.allowed_from.size());
    }

    void read_games(const NamedTables &named) {
        const auto keys = named.at("game_keys");
        const auto playoff = named.at("game_playoff", keys.size());
        const auto overtime = integers(named, "game_overtime_seconds", keys.size());
        const auto rules = integers(named, "game_overtime_rule", keys.size());
        const auto out_of_bounds = integers(named, "game_out_of_bounds_yards", keys.size());
        const auto touchbacks = integers(named, "game_kickoff_touchback", keys.size());
        const size_t sides = keys.size() * 2;
        const auto receivers = integers(named, "receivers", sides * (kReceivers + 1));
        const auto rushers = integers(named, "rushers", sides * (kRushers + 1));
        const auto quarterbacks = integers(named, "quarterbacks", sides);
        const auto rows = named.at("rows", sides * kLocals);
        for (size_t i = 0; i < keys.size(); ++i)
            games.push_back({static_cast<uint32_t>(keys[i]), playoff[i] != 0, overtime[i], OvertimeRule(rules[i]), touchbacks[i],
                             out_of_bounds[i], {}});
        for (size_t i = 0; i < sides; ++i) {
            Side &side = games[i / 2].sides[i % 2];
            std::copy_n(&receivers[i * side.receiver.size()], side.receiver.size(), side.receiver.begin());
            std::copy_n(&rushers[i * side.rusher.size()], side.rusher.size(), side.rusher.begin());
            side.quarterback = quarterbacks[i];
            std::copy_n(&rows[i * kLocals], kLocals, side.rows.begin());
        }
    }

    std::vector<Game> games;
};

}  // namespace nfl
