// Real plays through the rules of course.h: the state before a play and what happened on it give the state after it.
// Order and meaning of the columns are those of sports/nfl/replay.py.
#pragma once

#include <cstdint>
#include <span>

#include "course.h"

namespace nfl {

enum class Event : int32_t { kOpening, kKickOff, kSnap, kPunt, kFieldGoal, kTry, kFoul };
enum class Ending : int32_t { kDead, kTouchdown, kSafety, kTouchback, kGood, kOutOfBounds };
enum class Next : int32_t { kSnap, kKickOff, kTry, kNothing };

constexpr int kMostFouls = 3;
constexpr int kMostScore = 1000;  // of a side

// Whether a play stands beside a foul on it; between downs it is walked off from where the play ended.
enum class After : int32_t { kNo, kYes, kBetweenDowns };

// An accepted foul: spots and yards as the offence of the play counts them, sides by number.
struct Foul {
    int32_t spot, yards;
    int32_t down;     // Down
    int32_t at_spot;  // marked where it happened, not walked off
    After after;      // whether the play stands
};

struct Rules {
    int32_t playoff, overtime_seconds, overtime, kickoff_touchback, out_of_bounds_yards;
};

struct Play {
    Rules rules;
    // The state before it, as far as one sees it on the field.
    int32_t half, clock, offence, down, to_go, yardline, score[2];
    // What happened on it.
    Event event;
    Ending ending;
    int32_t side;     // who has the ball at the end, or scores
    int32_t changed;  // the other side had the ball in between
    int32_t spot;     // where the ball is dead, or from where the field goal was kicked
    int32_t loose;    // where it was fumbled that went out of bounds at `spot`, else `spot`
    int32_t points;   // of a try
    int32_t seconds;  // it took from the clock
    int32_t toss;     // who receives first
    int32_t fouls;
    Foul foul[kMostFouls];
};

struct Situation {
    Next next;
    int32_t half, side, down, to_go, yardline, score[2];  // `side` has the ball, receives the kick or tries
};

inline void check(const Play &play, size_t row) {
    const auto need = [row](const char *name, auto found, auto low, auto high) {
        const auto value = static_cast<int32_t>(found);
        if (value >= static_cast<int32_t>(low) && value <= static_cast<int32_t>(high)) return;
        engine::need_between("replayed play " + std::to_string(row) + " is out of range: " + name, value,
                             static_cast<int32_t>(low), static_cast<int32_t>(high));
    };
    constexpr int kNearest = -20, kFarthest = 120;  // spots: a ball may be loose beyond the end lines
    need("playoff", play.rules.playoff, 0, 1);
    need("overtime_seconds", play.rules.overtime_seconds, 0, kHalfSeconds);
    need("overtime", play.rules.overtime, OvertimeRule::kSuddenDeath, OvertimeRule::kBothPossess);
    need("kickoff_touchback", play.rules.kickoff_touchback, 0, 100);
    need("out_of_bounds_yards", play.rules.out_of_bounds_yards, 0, 100);
    need("half", play.half, kFirstHalf, kOvertime);
    need("clock", play.clock, 0, kHalfSeconds);
    need("offence", play.offence, 0, 1);
    need("down", play.down, 0, 4);
    need("to_go", play.to_go, 0, 99);
    need("yardline", play.yardline, 0, 100);
    for (const int32_t score : play.score) need("score", score, 0, kMostScore);
    need("event", play.event, Event::kOpening, Event::kFoul);
    need("ending", play.ending, Ending::kDead, Ending::kOutOfBounds);
    need("side", play.side, 0, 1);
    need("changed", play.changed, 0, 1);
    need("spot", play.spot, kNearest, kFarthest);
    need("loose", play.loose, kNearest, kFarthest);
    need("points", play.points, 0, kMostScore);
    need("seconds", play.seconds, 0, kHalfSeconds);
    need("toss", play.toss, 0, 1);
    need("fouls", play.fouls, 0, kMostFouls);
    for (int i = 0; i < play.fouls; ++i) {
        need("spot of a foul", play.foul[i].spot, kNearest, kFarthest);
        need("yards of a foul", play.foul[i].yards, -100, 100);
        need("down of a foul", play.foul[i].down, Down::kAgain, Down::kNew);
        need("at_spot of a foul", play.foul[i].at_spot, 0, 1);
        need("after of a foul", play.foul[i].after, After::kNo, After::kBetweenDowns);
    }
}

class Replay {
  public:
    Situation play(Play play) {
        const bool ours = play.side == play.offence;
        play.spot = ours ? Course::fumbled_out_of_bounds(play.loose, play.spot)
                         : 100 - Course::fumbled_out_of_bounds(100 - play.loose, 100 - play.spot);
        if (play.event == Event::kOpening) begin(play.rules);
        see(play);
        Course course(game_, lane_);
        try_due_ = happen(course, play);
        const bool before_a_kick = play.event == Event::kFoul && play.down == 0;
        if (!try_due_ && !before_a_kick) course.run_off(play.seconds, [&] { return play.toss; });
        return situation(play);
    }

  private:
    void begin(const Rules &rules) {
        game_ = {};
        game_.playoff = rules.playoff != 0;
        game_.overtime_seconds = static_cast<int16_t>(rules.overtime_seconds);
        game_.overtime = static_cast<OvertimeRule>(rules.overtime);
        game_.kickoff_touchback = static_cast<int16_t>(rules.kickoff_touchback);
        game_.out_of_bounds_yards = static_cast<int16_t>(rules.out_of_bounds_yards);
        lane_ = {};
        lane_.kick_to = -1;
    }

    void see(const Play &play) {
        if (play.down != 0) lane_.kick_to = -1, lane_.over = false;  // the feed may lack a kick-off, or seconds
        lane_.half = static_cast<Half>(play.half);
        lane_.clock = static_cast<int16_t>(play.clock);
        lane_.offence = static_cast<uint8_t>(play.offence);
        lane_.down = static_cast<int8_t>(play.down);
        lane_.to_go = static_cast<int8_t>(play.to_go);
        lane_.yardline = static_cast<int8_t>(play.yardline);
        for (int side = 0; side < 2; ++side) lane_.team[side][kPoints] = static_cast<int16_t>(play.score[side]);
    }

    // Says whether a try follows.
    bool happen(Course &course, const Play &play) {
        switch (play.event) {
            case Event::kOpening: return course.open(play.toss), false;
            case Event::kKickOff: return kick_off(course, play);
            case Event::kSnap: return snap(course, play);
            case Event::kPunt: return punt(course, play);
            case Event::kFieldGoal: return field_goal(course, play);
            case Event::kTry: return attempt_try(course, play), false;
            case Event::kFoul: return foul(course, play);
        }
        return false;
    }

    void attempt_try(Course &course, const Play &play) {
        if (play.points == 1) course.extra_point(play.side);
        else course.score(play.side, play.points);
    }

    bool kick_off(Course &course, const Play &play) {
        course.kick_taken();
        switch (play.ending) {
            case Ending::kTouchdown: return course.kick_touchdown(play.side);
            case Ending::kTouchback: course.kickoff_touchback(play.offence); break;
            case Ending::kOutOfBounds: course.kicked_out_of_bounds(play.offence, play.yardline, play.spot); break;
            default: course.possess(play.side, play.side == play.offence ? play.spot : 100 - play.spot);
        }
        if (play.ending == Ending::kSafety) course.safety();
        return walk_off(course, play), false;
    }

    bool snap(Course &course, const Play &play) {
        if (play.ending == Ending::kTouchdown) return touchdown(course, play, false);
        if (play.ending == Ending::kSafety) return safety(course, play), false;
        if (play.side != play.offence) {
            course.turn_over(play.spot, kEndTurnover);
            return walk_off(course, play), false;
        }
        if (play.changed) {
            course.end_drive(kEndTurnover);
            course.possess(play.offence, play.ending == Ending::kTouchback ? kTouchback : play.spot);
            return walk_off(course, play), false;
        }
        return mark_off(course, play), false;
    }

    bool punt(Course &course, const Play &play) {
        if (play.ending == Ending::kTouchdown) return touchdown(course, play, true);
        if (play.ending == Ending::kSafety) return safety(course, play), false;
        if (play.side == play.offence && !play.changed) return mark_off(course, play), false;
        if (play.side == play.offence) course.punt_muffed(play.offence, play.spot);
        else course.turn_over(play.ending == Ending::kTouchback ? 0 : play.spot, kEndPunt);
        return walk_off(course, play), false;
    }

    bool field_goal(Course &course, const Play &play) {
        if (play.ending == Ending::kGood) return course.field_goal(play.spot + kEndZone), false;
        if (play.ending == Ending::kTouchdown) return touchdown(course, play, true);
        if (play.side == play.offence) return mark_off(course, play), false;
        if (play.changed) course.turn_over(play.spot, kEndMissedFieldGoal);
        else course.missed_field_goal(play.spot);
        return walk_off(course, play), false;
    }

    bool touchdown(Course &course, const Play &play, bool charged) {
        return play.side == play.offence ? course.touchdown() : course.return_touchdown(charged);
    }

    void safety(Course &course, const Play &play) {
        if (play.side != play.offence) course.possess(play.side, 99);
        course.safety();
    }

    // Before a kick-off or a try a foul changes nothing that is seen here.
    bool foul(Course &course, const Play &play) {
        if (play.down == 0) return try_due_;
        if (play.fouls == 0) course.offset();
        mark_off(course, play);
        return false;
    }

    // Fouls while one side kept the ball. One committed during the play takes its place.
    void mark_off(Course &course, const Play &play) {
        const bool stands = play.event != Event::kFoul && (play.fouls == 0 || play.foul[0].after != After::kNo);
        if (stands) course.advance(play.yardline - play.spot);
        for (const Foul &foul : fouls(play)) {
            if (lane_.offence != play.offence) return walk_off(course, play);  // four downs were used up
            const int spot = spot_of(play, foul);
            if (foul.at_spot) course.enforce_at(spot - foul.yards);
            else if (foul.after != After::kNo) course.enforce_after(spot, foul.yards, static_cast<Down>(foul.down));
            else course.enforce(spot, foul.yards, static_cast<Down>(foul.down));
        }
    }

    // Fouls on a play on which the ball changed hands.
    void walk_off(Course &course, const Play &play) {
        for (const Foul &foul : fouls(play)) {
            const bool ours = lane_.offence == play.offence;
            course.walk_off(spot_of(play, foul), ours ? foul.yards : -foul.yards, foul.after == After::kNo);
        }
    }

    static std::span<const Foul> fouls(const Play &play) { return {play.foul, static_cast<size_t>(play.fouls)}; }

    // As the side that has the ball now counts.
    int spot_of(const Play &play, const Foul &foul) const {
        if (foul.after == After::kBetweenDowns) return lane_.yardline;
        return lane_.offence == play.offence ? foul.spot : 100 - foul.spot;
    }

    Situation situation(const Play &play) const {
        const Next next = lane_.over ? Next::kNothing
                          : try_due_ ? Next::kTry
                          : lane_.kick_to >= 0 ? Next::kKickOff
                                               : Next::kSnap;
        const int side = try_due_ ? play.side : next == Next::kKickOff ? lane_.kick_to : lane_.offence;
        return {next, lane_.half, side, lane_.down, lane_.to_go, lane_.yardline,
                {lane_.team[0][kPoints], lane_.team[1][kPoints]}};
    }

    Game game_{};
    Lane lane_{};
    bool try_due_ = false;
};

// The situations after `plays`, in order; each game begins with its opening.
inline void replay(std::span<const Play> plays, std::span<Situation> after) {
    Replay game;
    for (size_t i = 0; i < plays.size(); ++i) {
        check(plays[i], i);
        after[i] = game.play(plays[i]);
    }
}

}  // namespace nfl
