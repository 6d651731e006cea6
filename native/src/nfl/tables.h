// What the NFL plug-in is told when it is opened: bins, outcome values, counted rates, scoring and the
// games with the players of each side. Names and order are those of sports/nfl/simulation.py.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "../engine/weighted.h"
#include "nodes.h"
#include "record.h"

namespace nfl {

using engine::Draws;
using engine::NamedTables;

constexpr int kEqualParts = 64;   // a counted distribution is this many equally likely values
constexpr int kQuarterSeconds = 900;
constexpr int kWarning = 120;  // seconds left when the two-minute warning stops the clock
// Seconds from the snap until the ball is dead: plays of 2009-2014 that began at 2:01 to 2:05 took 6.0 off the clock.
constexpr int kLivePlay = 6;
// clock_stops.REACHES: yards to the goal line within which field goals are near, and possible.
constexpr int kReaches[] = {37, 43}, kReachCount = 2;
constexpr int kSingleYards = 12;  // up to which each number of yards has a class of its own
constexpr int kFarthest = 200;    // yards: no two spots lie farther apart
constexpr int kMostUnits = 5000;  // of a statistic: sixteen bits of it, times ten statistics, fit an int
constexpr int kUsageBits = 8, kUsageLevels = 1 << kUsageBits;  // equally likely values of a weight or tilt
constexpr int kMostTilt = 16;     // of a call or a form, in 64ths
constexpr int kMostPace = 8;      // seconds
constexpr int64_t kMostEntities = 1 << 24;
constexpr int64_t kMostStates = 1 << 28;  // of all games: four bytes each
using Values = std::array<int16_t, kEqualParts>;

inline int draw_value(const Values &values, const Draws &draws, int use) {
    return values[draws[use] * kEqualParts >> engine::kDrawBits];
}

// Of the values that are at least `least`; that itself if none is.
inline int draw_value_from(int least, const Values &values, const Draws &draws, int use) {
    const auto fits = [=](int value) { return value >= least; };
    auto left = draws[use] * static_cast<uint32_t>(std::count_if(values.begin(), values.end(), fits)) >> engine::kDrawBits;
    for (const int value : values)
        if (fits(value) && left-- == 0) return value;
    return least;
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
    Values touchdown_seconds, turnover_seconds, downs_seconds;  // of plays that end a drive
    Values last_seconds;  // left when a side stops the clock before the last play of a half
    std::array<double, 2 * kReachCount> clock_stops;  // how often it does: [first half or later, reach]
    std::array<double, 2 * kMargins> two_point_try;  // [fourth quarter, margin before the try]
};

struct Scoring {
    std::array<int16_t, kPlayerStatCount> player{};
    std::array<int16_t, 3> bonus{};  // 300 passing, 100 rushing, 100 receiving
    std::array<int16_t, kDefenceStatCount> defence{};
    std::vector<int16_t> allowed_from, allowed_units;
};

struct Side {
    std::array<int16_t, kReceivers + 1> receiver;  // local player of each slot
    std::array<int16_t, kRushers + 1> rusher;
    std::array<int8_t, kReceivers + 1> as_rusher;  // slot of a receiver who also runs, -1 of the others
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

// Groups, fewest and most classes of each head, as the rules index them and records have room.
constexpr int kShapes[kHeadCount][3] = {
    {1, kFormations, kFormations},
    {kFormations, kPlayTypeCount, kPlayTypeCount},
    {1, kReceivers + 1, kReceivers + 1},
    {kRunTargets.groups, kRushers + 1, kRushers + 1},
    {kReceivers + 1, kDepths, kDepths},
    {kPassResults.groups, kPassResultCount, kPassResultCount},
    {kRunResults.groups, 2, 2},
    {1, 2, 2},
    {kPenalties.groups, 1, 1 << kPenalties.bits},
    {kYards.groups, 1, 1 << kYards.bits},
    {kTimes.groups, 1, 1 << kTimes.bits}};

class Tables {
  public:
    explicit Tables(const NamedTables &named)
        : layout(checked_layout(named)), entities(named.whole<int64_t>("entities", 1, kMostEntities, 1)[0]), nodes(named) {
        read_penalties(named);
        yards = read_within(named, "yard_values", kHeadYards, kYards.bits, INT8_MIN, INT8_MAX);
        seconds = read_within(named, "time_values", kHeadTime, kTimes.bits, 0, INT8_MAX);
        read_class_lows(named);
        read_special(named);
        read_scoring(named);
        read_games(named);
    }

    int64_t game_count() const { return static_cast<int64_t>(games.size()); }
    const Game &game(size_t index) const { return games[index]; }
    // The buckets of a game, those of each side together.
    size_t buckets() const { return size_t{2} * nodes.side_buckets; }

    // Of what all games share and grows with the nodes.
    size_t bytes() const { return nodes.buckets.size() * sizeof nodes.buckets[0]; }

    // How many snaps of a game are expected to fall to a bucket.
    float snaps(uint32_t bucket) const { return nodes.snaps(bucket); }

    int side_of(uint32_t bucket) const { return static_cast<int>(bucket) / nodes.side_buckets; }

    // The least yards of the class of a gain.
    int class_low(int yards) const { return class_lows[yards - INT8_MIN]; }

    // Of a side's candidate, receivers before rushers; nought at the levels at which he takes no part, which are the first.
    uint16_t weight(size_t game, int side, int candidate, uint32_t level) const {
        return usage[row_of(game, side, candidate) * kUsageLevels + level];
    }
    uint32_t absent_levels(size_t game, int side, int candidate) const { return absences[row_of(game, side, candidate)]; }

    int8_t form(int which, uint32_t level) const { return forms[which * kUsageLevels + level]; }

    // (game, side, down, then the nodes of distance, yard line, clock and margin)
    void describe(size_t game, uint32_t bucket, int32_t *out) const {
        out[0] = static_cast<int32_t>(game);
        nodes.describe(bucket, out + 1);
    }

    // The same of a state: (game, side, down, yards to go, yard line, half * 1801 + clock, margin).
    static void describe(size_t game, const Lane &lane, int32_t *out) {
        const int32_t state[] = {static_cast<int32_t>(game), lane.offence, lane.down, lane.to_go, lane.yardline,
                                 lane.half * (kHalfSeconds + 1) + lane.clock, lane.margin(lane.offence)};
        std::copy(std::begin(state), std::end(state), out);
    }

    engine::Layout layout;
    int64_t entities;
    Nodes nodes;
    Within yards, seconds;
    std::array<int8_t, 256> class_lows{};  // of a number of yards + 128, the least of its class; of the last class itself
    std::vector<int32_t> penalties;  // (yards for the offence, down starts anew)
    Special special{};
    Scoring scoring;
    std::vector<int8_t> call_tilts;           // [kUsageLevels]
    std::vector<int16_t> quarterback_leaves;  // [kUsageLevels], seconds of the game
    std::vector<int8_t> paces;                // [kUsageLevels], seconds
    std::vector<int8_t> forms;                // [kForms, kUsageLevels]
    std::vector<int32_t> long_gains;          // [kYardGroupCount], the least class of a long gain

  private:
    static engine::Layout checked_layout(const NamedTables &named) {
        engine::need_between("the number of heads", static_cast<int64_t>(named.heads().size()), kHeadCount, kHeadCount);
        const auto shape = named.whole<int>("heads", 1, engine::kMostOutcomes, 2 * kHeadCount);
        for (int head = 0; head < kHeadCount; ++head) {
            const auto &[groups, least, most] = kShapes[head];
            engine::need_value("heads", 2 * head, shape[2 * head], groups, groups, true);
            engine::need_value("heads", 2 * head + 1, shape[2 * head + 1], least, most, true);
        }
        return engine::Layout(named);
    }

    void read_penalties(const NamedTables &named) {
        penalties = named.whole<int32_t>("penalties", -99, 99, 2 * layout.group(kHeadPenalty).classes);
        for (size_t i = 1; i < penalties.size(); i += 2) engine::need_value("penalties", i, penalties[i], 0, 1, true);
        penalties.resize(2u << kPenalties.bits);
    }

    Within read_within(const NamedTables &named, const char *name, Head head, int bits, int low, int high) const {
        const size_t groups = layout.groups_of(head), row = layout.group(head).classes * Within::kParts;
        const auto values = named.whole<int8_t>(name, low, high, groups * row);
        const size_t stride = size_t{Within::kParts} << bits;
        Within within{std::vector<int8_t>(groups * stride + engine::kOverread)};
        for (size_t i = 0; i < values.size(); ++i) within.values[i / row * stride + i % row] = values[i];
        return within;
    }

    void read_class_lows(const NamedTables &named) {
        const auto lows = named.whole<int>("yard_lows", INT8_MIN, INT8_MAX, layout.group(kHeadYards).classes);
        for (size_t i = 1; i < lows.size(); ++i) engine::need_value("yard_lows", i, lows[i], lows[i - 1] + 1.0, INT8_MAX, true);
        for (int yards = INT8_MIN; yards <= INT8_MAX; ++yards) {
            const auto next = std::upper_bound(lows.begin(), lows.end(), yards);
            const bool within = next != lows.begin() && next != lows.end();
            class_lows[yards - INT8_MIN] = static_cast<int8_t>(within ? next[-1] : yards);
        }
    }

    template <class Values>
    static void fill(const NamedTables &named, const char *name, double low, double high, Values &out) {
        const auto values = named.whole<typename Values::value_type>(name, low, high, out.size());
        std::copy(values.begin(), values.end(), out.begin());
    }

    void read_special(const NamedTables &named) {
        double punt_blocked = 0, punt_muffed = 0, punt_touchdown = 0;
        double *rates[] = {&special.kickoff_touchdown, &special.kickoff_lost, &special.onside_attempt,
                           &special.onside_recovered, &special.extra_point, &special.two_point,
                           &special.two_point_pass, &special.interception_touchdown, &special.fumble_touchdown,
                           &punt_blocked, &special.punt_blocked_touchdown, &punt_touchdown, &punt_muffed,
                           &special.field_goal_blocked, &special.field_goal_blocked_touchdown,
                           &special.foul_after_play};
        const auto values = named.between("special_rates", 0, 1, std::size(rates));
        for (size_t i = 0; i < std::size(rates); ++i) *rates[i] = values[i];
        const double caught = (1 - punt_blocked) * (1 - punt_muffed);
        special.punts = {engine::draws_below(punt_blocked), engine::draws_below(1 - caught),
                         engine::draws_below(1 - caught * (1 - punt_touchdown))};
        fill(named, "kickoff_start", 0, 100, special.kickoff_start);
        fill(named, "kickoff_seconds", 0, kHalfSeconds, special.kickoff_seconds);
        fill(named, "free_kick_start", 0, 100, special.free_kick_start);
        fill(named, "interception_net", -kFarthest, kFarthest, special.interception_net);
        fill(named, "fumble_net", -kFarthest, kFarthest, special.fumble_net);
        fill(named, "punt_blocked_net", -kFarthest, kFarthest, special.punt_blocked_net);
        fill(named, "foul_after_play_net", -kFarthest, kFarthest, special.foul_after_play_net);
        fill(named, "touchdown_seconds", 0, kHalfSeconds, special.touchdown_seconds);
        fill(named, "turnover_seconds", 0, kHalfSeconds, special.turnover_seconds);
        fill(named, "downs_seconds", 0, kHalfSeconds, special.downs_seconds);
        fill(named, "last_seconds", 1, kHalfSeconds, special.last_seconds);
        const auto stops = named.between("clock_stops", 0, 1, special.clock_stops.size());
        std::copy(stops.begin(), stops.end(), special.clock_stops.begin());
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
        engine::need_between("the number of states of all games", int64_t(buckets()) * game_count(), 1, kMostStates);
        read_sides(named);
        read_usage(named, count);
        call_tilts = named.whole<int8_t>("call_tilts", -kMostTilt, kMostTilt, kUsageLevels);
        forms = named.whole<int8_t>("forms", -kMostTilt, kMostTilt, kForms * kUsageLevels);
        long_gains = named.whole<int32_t>("long_gains", 0, 1 << kYards.bits, kYardGroupCount);
        quarterback_leaves = named.whole<int16_t>("quarterback_leaves", 0, INT16_MAX, kUsageLevels);
        paces = named.whole<int8_t>("paces", -kMostPace, kMostPace, kUsageLevels);
    }

    static size_t row_of(size_t game, int side, int candidate) { return (game * 2 + side) * kCandidates + candidate; }

    void read_usage(const NamedTables &named, size_t count) {
        usage = named.whole<uint16_t>("usage", 0, engine::kMostWeight, count * 2 * kCandidates * kUsageLevels);
        for (size_t first = 0; first < usage.size(); first += kUsageLevels) {
            const size_t candidate = first / kUsageLevels % kCandidates;
            const bool anybody_else = candidate == kReceivers || candidate == kCandidates - 1;
            size_t level = first;
            while (!anybody_else && usage[level] == 0 && level + 1 < first + kUsageLevels) ++level;
            absences.push_back(static_cast<uint16_t>(level - first));
            for (; level < first + kUsageLevels; ++level)
                engine::need_value("usage", level, usage[level], 1, engine::kMostWeight, true);
        }
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
            for (int slot = 0; slot <= kReceivers; ++slot) side.as_rusher[slot] = as_rusher(side, side.receiver[slot]);
            std::copy_n(&rows[i * kLocals], kLocals, side.rows.begin());
        }
    }

    static int8_t as_rusher(const Side &side, int16_t local) {
        const auto slot = std::find(side.rusher.begin(), side.rusher.end(), local) - side.rusher.begin();
        return static_cast<int8_t>(local == kNobody || slot > kRushers ? -1 : slot);
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
    std::vector<uint16_t> usage;     // [games, sides, kCandidates, kUsageLevels], in parts of any unit
    std::vector<uint16_t> absences;  // [games, sides, kCandidates], levels
};

}  // namespace nfl
