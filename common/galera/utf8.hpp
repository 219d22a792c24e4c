// Texts of others, for those who read UTF-8.
#pragma once

#include <string>

namespace galera {

/// The text as a line of well-formed UTF-8: '?' for each byte that is no part of a character, a
/// blank for each control character.
[[nodiscard]] std::string utf8_line(std::string text);

} // namespace galera
