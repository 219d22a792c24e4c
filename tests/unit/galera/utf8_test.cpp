#include "common/galera/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace galera {
namespace {

TEST(Utf8Line, LeavesCharactersAlone) {
    for (const std::string text :
         {"", "db1 ~", "Gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC", "\xED\x9F\xBF", "\xEE\x80\x80",
          "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
        EXPECT_EQ(utf8_line(text), text);
}

TEST(Utf8Line, HasAQuestionMarkForWhatIsNone) {
    const struct {
        const char* text;
        const char* line;
    } table[] = {
        {"n\xE9", "n?"},                    // Latin-1
        {"n\xE9x", "n?x"},                  //
        {"\x80\xBF", "??"},                 // continuations of nothing
        {"\xC3", "?"},                      // cut
        {"\xE2\x82", "??"},                 //
        {"\xE2\x82\xC3\xBC", "??\xC3\xBC"}, // cut, and another one
        {"\xC0\x80\xC1\xBF", "????"},       // longer than need be
        {"\xE0\x9F\xBF", "???"},            //
        {"\xF0\x8F\xBF\xBF", "????"},       //
        {"\xED\xA0\x80", "???"},            // half of a surrogate pair
        {"\xF4\x90\x80\x80", "????"},       // beyond the last character
        {"\xF5\xFE\xFF", "???"},            // never a byte of one
        {"\xF0\x9F\x98x", "???x"},          //
    };
    for (const auto& row : table)
        EXPECT_EQ(utf8_line(row.text), row.line);
}

TEST(Utf8Line, IsOneLine) {
    EXPECT_EQ(utf8_line("a\nb\tc\x7F\x01"), "a b c  ");
    EXPECT_EQ(utf8_line(std::string(1, '\0')), " ");
}

} // namespace
} // namespace galera
