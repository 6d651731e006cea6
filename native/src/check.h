// Checks of what a caller hands over, before anything is read through it or sized by it. An error says what was found
// and what is needed.
#pragma once

#include <cmath>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>

namespace engine {

// Bad input or a bad distribution; the text is for the user.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void need_between(const std::string &what, int64_t found, int64_t low, int64_t high) {
    if (found >= low && found <= high) return;
    const std::string range = low == high ? "" : std::to_string(low) + " to ";
    throw Error(what + " is " + std::to_string(found) + ": needed " + range + std::to_string(high));
}

template <class T>
void need_pointer(const std::string &what, T *pointer) {
    if (pointer == nullptr) throw Error(what + " is null");
    if (reinterpret_cast<uintptr_t>(pointer) % alignof(T) != 0)
        throw Error(what + " is misaligned: needed an address that " + std::to_string(alignof(T)) + " divides");
}

// Values of a table lie between bounds, which NaN never does.
inline void need_value(const std::string &table, size_t place, double found, double low, double high, bool whole) {
    if (found >= low && found <= high && (!whole || found == std::floor(found))) return;
    std::ostringstream text;
    text.precision(12);
    text << "table " << table << " holds " << found << " at " << place << ": needed "
         << (whole ? "whole numbers" : "numbers") << " from " << low << " to " << high;
    throw Error(text.str());
}

}  // namespace engine
