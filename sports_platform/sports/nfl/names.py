"""Names of NFL people and teams in one spelling, however a site writes them.

Belongs here: spelling only. Which player a name means is decided in `slates`.
"""

import unicodedata

_SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "v"}

# Other spellings of team codes, to the franchise's code of today.
_FRANCHISE = {
    "JAC": "JAX", "LAR": "LA", "STL": "LA", "SL": "LA", "SD": "LAC", "SDG": "LAC", "OAK": "LV", "LVR": "LV",
    "WSH": "WAS", "ARZ": "ARI", "BLT": "BAL", "CLV": "CLE", "HST": "HOU", "GNB": "GB", "KAN": "KC",
    "NWE": "NE", "NOR": "NO", "SFO": "SF", "TAM": "TB",
}  # fmt: skip
_BEFORE_MOVE = {"LA": ("STL", 2016), "LAC": ("SD", 2017), "LV": ("OAK", 2020)}
_NICKNAMES = {
    "cardinals": "ARI", "falcons": "ATL", "ravens": "BAL", "bills": "BUF", "panthers": "CAR", "bears": "CHI",
    "bengals": "CIN", "browns": "CLE", "cowboys": "DAL", "broncos": "DEN", "lions": "DET", "packers": "GB",
    "texans": "HOU", "colts": "IND", "jaguars": "JAX", "chiefs": "KC", "rams": "LA", "chargers": "LAC",
    "raiders": "LV", "dolphins": "MIA", "vikings": "MIN", "patriots": "NE", "saints": "NO", "giants": "NYG",
    "jets": "NYJ", "eagles": "PHI", "steelers": "PIT", "seahawks": "SEA", "49ers": "SF", "buccaneers": "TB",
    "titans": "TEN", "redskins": "WAS", "washington": "WAS", "footballteam": "WAS", "commanders": "WAS",
}  # fmt: skip


def plain_name(name: str) -> str:
    """Lower-case letters and digits of a name without accents, punctuation and generational suffix."""
    decomposed = unicodedata.normalize("NFKD", name)
    ascii_only = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()
    words = ascii_only.replace(".", "").replace("-", " ").replace("'", "").replace("’", "").split()
    kept = [word for word in words if word not in _SUFFIXES] or words
    return "".join(letter for letter in "".join(kept) if letter.isalnum())


def team_code(text: str, season: int) -> str:
    """A team code in nflverse's spelling of that season (`StL` -> STL in 2015, LA in 2016)."""
    code = text.strip().upper()
    franchise = _FRANCHISE.get(code, code)
    old, moved = _BEFORE_MOVE.get(franchise, (franchise, 0))
    return old if season < moved else franchise


def team_of_nickname(text: str, season: int) -> str | None:
    """The team a defence's name means (`Seahawks`, `Washington Redskins`); None for any other text."""
    words = text.lower().split()
    for length in range(1, len(words) + 1):
        franchise = _NICKNAMES.get("".join(words[-length:]))
        if franchise is not None:
            return team_code(franchise, season)
    return None
