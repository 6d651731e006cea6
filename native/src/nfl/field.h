// The course of a game between snaps as the simulation draws it: tosses, tries and kick-offs. What follows from them is
// course.h, what happens on a snap is snap.h.
#pragma once

#include "course.h"
#include "usage.h"

namespace nfl {

using engine::Source;

constexpr int kTouchbackDrawn = 0;    // special.TOUCHBACK: where a kick-off is put down is the season's rule
constexpr int kOnsideSpot = 45;       // an onside kick is dead about the receivers' 45
constexpr int kOnsideSeconds = 300;   // onside kicks are tried in the last five minutes
constexpr int kYardsASecond = 10;     // special.YARDS_A_SECOND: run by who scores
constexpr int kMostBehind = 3;        // clock_stops.MOST_BEHIND: points that a field goal makes up for
constexpr int kMostDraws = 4000;      // of a game, whose length the engine sees only between snaps

// Tables of who was thrown to and who ran on a snap.
struct TryTargets {
    const uint16_t *pass, *run;
};

class Field : public Course {
  public:
    Field(const Tables &tables, const Game &game, Source source, Lane &lane)
        : Course(game, lane), tables_(tables), source_(source) {}

    void open() {
        Course::open(toss());
        kick_offs();
    }

    void touchdown(const TryTargets &targets) {
        if (Course::touchdown()) attempt_try(lane_.offence, &targets);
    }

    void return_touchdown_and_try(bool charged) {
        const int side = 1 - lane_.offence;
        if (Course::return_touchdown(charged)) attempt_try(side, nullptr);
    }

    // How likely the side with the ball is not to let the half end where the ball is now: it wants a field goal.
    double stops_clock() const {
        const int lead = lane_.margin(lane_.offence);
        const bool first = lane_.half == kFirstHalf, helps = first || (lead <= 0 && lead >= -kMostBehind);
        const auto reach = std::lower_bound(std::begin(kReaches), std::end(kReaches), lane_.yardline) - std::begin(kReaches);
        return helps && reach < kReachCount ? tables_.special.clock_stops[(first ? 0 : kReachCount) + reach] : 0;
    }

    // Ends a snap and plays the kick-offs that follow it.
    void settle(int seconds) {
        time_passes(seconds);
        kick_offs();
    }

    Draws next_draws() { return source_.play(lane_.plays++); }

  private:
    int toss() { return next_draws()[0] & 1; }

    void time_passes(int seconds) {
        run_off(seconds, [this] { return toss(); });
    }

    void kick_offs() {
        while (lane_.kick_to >= 0 && !lane_.over) {
            if (lane_.plays > kMostDraws)
                throw engine::Error("kick-offs follow kick-offs without end: kickoff_touchdown in table special_rates");
            time_passes(kick_off());
        }
    }

    // `targets`: null unless `side` was the offence of the scoring snap.
    void attempt_try(int side, const TryTargets *targets) {
        const Special &special = tables_.special;
        const Draws draws = next_draws();
        const int margin = std::clamp<int>(lane_.margin(side), -kMaxMargin, kMaxMargin) + kMaxMargin;
        const double go = special.two_point_try[lane_.fourth_quarter() * kMargins + margin];
        if (!draws.happens(0, go)) {
            if (draws.happens(1, special.extra_point)) extra_point(side);
            return;
        }
        if (!draws.happens(1, special.two_point)) return;
        score(side, 2);
        if (targets != nullptr) credit_two_points(side, *targets, draws);
    }

    // The targets of the scoring snap stand in for those of the try, which the network does not model.
    void credit_two_points(int side, const TryTargets &targets, const Draws &draws) {
        const Side &players = game_.sides[side];
        auto &stats = lane_.players[side];
        const uint16_t *usage = lane_.usage[side];
        if (draws.happens(2, tables_.special.two_point_pass)) {
            const int slot = engine::choose(bytes(targets.pass), usage + kReceiverWeights, kReceivers + 1, draws[3]);
            ++stats[playing(players, lane_, side, players.quarterback)][kTwoPoints];
            ++stats[playing(players, lane_, side, players.receiver[slot])][kTwoPoints];
        } else {
            const int slot = engine::choose(bytes(targets.run), usage + kRusherWeights, kRushers + 1, draws[3]);
            ++stats[playing(players, lane_, side, players.rusher[slot])][kTwoPoints];
        }
    }

    // The seconds it takes; a kick nobody returns takes none.
    int kick_off() {
        const Special &special = tables_.special;
        const int receiver = lane_.kick_to, kicker = 1 - receiver;
        const bool free_kick = lane_.free_kick;
        kick_taken();
        const Draws draws = next_draws();
        if (!free_kick && onside(kicker) && draws.happens(0, special.onside_attempt)) {
            const bool recovered = draws.happens(1, special.onside_recovered);
            recovered ? possess(kicker, 100 - kOnsideSpot) : possess(receiver, kOnsideSpot);
            return 0;
        }
        return receive(receiver, free_kick, draws);
    }

    int receive(int receiver, bool free_kick, const Draws &draws) {
        const Special &special = tables_.special;
        const int seconds = draw_value(special.kickoff_seconds, draws, 5);
        if (draws.happens(2, special.kickoff_touchdown)) {
            possess(receiver, kTouchback);
            if (kick_touchdown(receiver)) attempt_try(receiver, nullptr);
            return seconds;
        }
        const int kicker = 1 - receiver;
        const int start = draw_value(free_kick ? special.free_kick_start : special.kickoff_start, draws, 3);
        if (start == kTouchbackDrawn) return kickoff_touchback(receiver), 0;
        if (!draws.happens(4, special.kickoff_lost)) return possess(receiver, start), seconds;
        ++lane_.defence[kicker][kDefRecoveries];
        ++lane_.team[receiver][kTeamFumblesLost];
        possess(kicker, 100 - start);
        return seconds;
    }

    bool onside(int kicker) const {
        return lane_.half == kSecondHalf && lane_.clock <= kOnsideSeconds && lane_.margin(kicker) < 0;
    }

    const Tables &tables_;
    Source source_;
};

}  // namespace nfl
