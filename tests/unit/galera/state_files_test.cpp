// grastate.dat and gvwstate.dat, as Galera writes them and as crashes, disks and editors leave
// them.
#include "common/galera/state_files.hpp"
#include "tests/unit/galera/real_files.hpp"

#include <gmock/gmock.h>

namespace galera {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view nil_text = "00000000-0000-0000-0000-000000000000";

Uuid uuid(std::string_view text) {
    return Uuid::parse(text).value();
}

/// `text` with the only `old_part` replaced.
std::string with(std::string_view text, std::string_view old_part, std::string_view new_part) {
    std::string result{text};
    const auto place = result.find(old_part);
    EXPECT_NE(place, std::string::npos) << old_part;
    return result.replace(place, old_part.size(), new_part);
}

std::string error_of(std::string_view content) {
    const auto state = parse_grastate(content);
    return state ? "no error" : state.error().text;
}

TEST(Grastate, OfAKilledNodeHasAHistoryAndNoSeqno) {
    const auto state = parse_grastate(real::grastate_running);
    ASSERT_TRUE(state) << state.error().text;
    EXPECT_EQ(state->version, "2.1");
    EXPECT_EQ(state->uuid, uuid(real::history));
    EXPECT_EQ(state->seqno, std::nullopt);
    EXPECT_EQ(state->safe_to_bootstrap, true);
    EXPECT_EQ(state->position(), std::nullopt);
}

TEST(Grastate, OfAStoppedNodeHasAPositionAndABlankBehindItsEnd) {
    const auto state = parse_grastate(real::grastate_stopped);
    ASSERT_TRUE(state) << state.error().text;
    EXPECT_EQ(state->position(), (Position{uuid(real::history), Seqno::from(6).value()}));
}

TEST(Grastate, IsReadBeneathTheBlanksOfALongerContent) {
    const std::string plain{real::grastate_running};
    const auto expected = parse_grastate(plain).value();
    for (const auto& padding : {" "s, std::string(40, ' '), "\n"s, "\n\n  \n"s, " \t \r\n"s}) {
        const auto state = parse_grastate(plain + padding);
        ASSERT_TRUE(state) << state.error().text;
        EXPECT_EQ(*state, expected);
    }
    EXPECT_TRUE(parse_grastate(real::grastate_padded));
}

TEST(Grastate, OfOneOfSeveralIsNotSafe) {
    EXPECT_EQ(parse_grastate(real::grastate_of_two).value().safe_to_bootstrap, false);
}

TEST(Grastate, WithANilUuidHasNoHistory) {
    const auto state = parse_grastate(with(real::grastate_running, real::history, nil_text));
    ASSERT_TRUE(state) << state.error().text;
    EXPECT_EQ(state->uuid, std::nullopt);
    const auto contradictory =
        parse_grastate(with(real::grastate_stopped, real::history, nil_text));
    ASSERT_TRUE(contradictory) << contradictory.error().text;
    EXPECT_EQ(contradictory->position(), std::nullopt);
}

TEST(Grastate, WithoutTheFlagDoesNotInventOne) {
    const auto old = with(real::grastate_stopped, "safe_to_bootstrap: 1\n ", "cert_index:\n");
    EXPECT_EQ(parse_grastate(old).value().safe_to_bootstrap, std::nullopt);
}

TEST(Grastate, IsReadWithCarriageReturns) {
    std::string edited;
    for (const char c : real::grastate_stopped)
        edited += c == '\n' ? "\r\n"s : std::string(1, c);
    EXPECT_EQ(parse_grastate(edited).value(), parse_grastate(real::grastate_stopped).value());
}

TEST(Grastate, HoldsTheHighestSeqnoThereIs) {
    const auto state =
        parse_grastate(with(real::grastate_stopped, " 6\n", " 9223372036854775807\n"));
    EXPECT_EQ(state.value().seqno.value().value(), 9223372036854775807);
}

struct BadCase {
    std::string_view what;
    std::string content;
    std::string_view error;
};

TEST(Grastate, ThatCannotBeReadSaysWhere) {
    const std::string_view good = real::grastate_stopped;
    const BadCase cases[] = {
        {"a fresh joiner's", "", "it is empty"},
        {"blanks only", "   \n  ", "no line 'version:'"},
        {"a comment only", "# GALERA saved state\n", "no line 'version:'"},
        {"cut behind version", "version: 2.1\n", "no line 'uuid:'"},
        {"no seqno", with(good, "seqno:   6\n", ""), "no line 'seqno:'"},
        {"cut in a UUID", std::string{good.substr(0, 60)}, "line 3: it has no newline"},
        {"last line open", std::string{good.substr(0, good.size() - 2)},
         "line 5: it has no newline, so Galera does not read it"},
        {"words for a seqno", with(good, " 6\n", " 12x\n"), "line 4: seqno '12x' is not a number"},
        {"a fraction", with(good, " 6\n", " 6.0\n"), "seqno '6.0' is not a number"},
        {"a plus", with(good, " 6\n", " +6\n"), "seqno '+6' is not a number"},
        {"hexadecimal", with(good, " 6\n", " 0x6\n"), "seqno '0x6' is not a number"},
        {"2^63", with(good, " 6\n", " 9223372036854775808\n"), "is not a number"},
        {"below the sentinel", with(good, " 6\n", " -2\n"), "line 4: seqno '-2' is out of range"},
        {"no value", with(good, " 6\n", " \n"), "line 4: 'seqno:' wants 1 value(s) and has 0"},
        {"two values", with(good, " 6\n", " 6 7\n"), "line 4: 'seqno:' wants 1 value(s) and has 2"},
        {"no blank", with(good, "seqno:   6", "seqno:6"), "line 4: 'seqno:6' is not a field"},
        {"a short UUID", with(good, "54006\n", "5400\n"), "is not a UUID"},
        {"a flag of 2", with(good, "bootstrap: 1", "bootstrap: 2"),
         "line 5: safe_to_bootstrap '2' is neither 0 nor 1"},
        {"a flag in words", with(good, "bootstrap: 1", "bootstrap: true"), "neither 0 nor 1"},
        {"a version in words", with(good, "2.1", "two"), "line 2: version 'two'"},
        {"a field twice", with(good, "seqno:   6\n", "seqno:   6\nseqno:   7\n"),
         "line 5: 'seqno:' is there twice"},
        {"a stray line", with(good, "version", "hello world\nversion"), "line 2: 'hello'"},
        {"zeros from a file system", std::string(120, '\0'), "line 1: it holds binary garbage"},
        {"a NUL in a number", with(good, " 6\n", " 6\0\n"s), "line 4: it holds binary garbage"},
        {"a NUL in a comment", with(good, "# ", "#\0"s), "line 1: it holds binary garbage"},
        {"a NUL behind the end", std::string{good} + '\0', "line 6: it holds binary garbage"},
        {"an executable",
         "\x7f"
         "ELF\x02\x01\x01\n",
         "line 1: it holds binary garbage"},
        {"UTF-16", "v\0e\0r\0s\0"s, "binary garbage"},
        {"a byte order mark", "\xEF\xBB\xBFversion: 2.1\n", "line 1: '???version:' is not a field"},
        {"a log", std::string(state_file_bytes_max + 1, 'x'), "65537 bytes"},
    };
    for (const auto& bad : cases)
        EXPECT_THAT(error_of(bad.content), HasSubstr(bad.error)) << bad.what;
}

TEST(Grastate, ErrorsAreOneShortPrintableLine) {
    const std::string overlong =
        with(real::grastate_stopped, " 6\n", ' ' + std::string(5000, '\xFF') + '\n');
    const std::string error = error_of(overlong);
    EXPECT_EQ(error, "line 4: seqno '" + std::string(60, '?') + "..' is not a number");
}

// --- what a bootstrap writes

TEST(GrastateForBootstrap, OfAPermittedNodeStaysAsItIs) {
    EXPECT_EQ(grastate_for_bootstrap(real::grastate_running, uuid(real::history)).value(),
              real::grastate_running);
}

TEST(GrastateForBootstrap, DropsTheBlanksBehindTheEnd) {
    EXPECT_EQ(grastate_for_bootstrap(real::grastate_stopped, uuid(real::history)).value(),
              real::grastate_stopped.substr(0, real::grastate_stopped.size() - 1));
}

TEST(GrastateForBootstrap, PermitsWhatWasNotSafe) {
    EXPECT_EQ(grastate_for_bootstrap(real::grastate_of_two, uuid(real::history)).value(),
              real::grastate_running);
}

TEST(GrastateForBootstrap, RestoresTheHistoryThatInnodbHolds) {
    const auto nil = with(real::grastate_of_two, real::history, nil_text);
    EXPECT_EQ(grastate_for_bootstrap(nil, uuid(real::history)).value(), real::grastate_running);
}

TEST(GrastateForBootstrap, AddsAMissingFlagAndKeepsTheRest) {
    const std::string old = "# kept\n\nversion: 2.1\nuuid:    " + std::string{nil_text} +
                            "\nseqno:   -1\ncert_index:\n";
    EXPECT_EQ(grastate_for_bootstrap(old, uuid(real::history)).value(),
              "# kept\n\nversion: 2.1\nuuid:    " + std::string{real::history} +
                  "\nseqno:   -1\ncert_index:\nsafe_to_bootstrap: 1\n");
}

TEST(GrastateForBootstrap, GoesRoundThroughTheParser) {
    const std::string contents[] = {
        std::string{real::grastate_running},
        std::string{real::grastate_stopped},
        std::string{real::grastate_padded},
        std::string{real::grastate_of_two},
        with(real::grastate_of_two, real::history, nil_text),
        with(real::grastate_stopped, "safe_to_bootstrap: 1\n ", ""),
        with(real::grastate_stopped, "safe_to_bootstrap: 1\n ", "# no newline"),
        with(real::grastate_of_two, "bootstrap: 0\n", "bootstrap:\t0 \r\n\n\n   "),
    };
    const auto history = uuid("0b5c7a3e-0000-4000-8000-000000000001");
    for (const auto& content : contents) {
        auto expected = parse_grastate(content).value();
        expected.uuid = history;
        expected.safe_to_bootstrap = true;
        const auto written = grastate_for_bootstrap(content, history).value();
        EXPECT_EQ(parse_grastate(written).value(), expected) << content;
        EXPECT_TRUE(written.ends_with('\n')) << written;
        EXPECT_EQ(grastate_for_bootstrap(written, history).value(), written) << content;
    }
}

TEST(GrastateForBootstrap, TouchesNothingThatItCannotRead) {
    for (const auto& content : {""s, "garbage\n"s, "version: 2.1\nuuid: x\nseqno: 1\n"s})
        EXPECT_FALSE(grastate_for_bootstrap(content, uuid(real::history))) << content;
}

// --- gvwstate.dat

TEST(Gvwstate, NamesTheViewAndItsMembers) {
    const auto state = parse_gvwstate(real::gvwstate_of_two);
    ASSERT_TRUE(state) << state.error().text;
    const auto first = uuid("0256c22b-e725-11f1-80b1-8b6b12a7ea6c");
    const auto second = uuid("0268f41b-e725-11f1-a281-0e120d4df63b");
    EXPECT_EQ(state->my_uuid, second);
    EXPECT_EQ(state->view_uuid, first);
    EXPECT_EQ(state->view_seq, 2U);
    EXPECT_FALSE(state->bootstrap);
    EXPECT_THAT(state->members, ElementsAre(first, second));
}

TEST(Gvwstate, CutAnywhereIsAnError) {
    const std::string_view whole = real::gvwstate_of_two;
    for (std::size_t kept = 0; kept < whole.size() - 1; ++kept)
        EXPECT_FALSE(parse_gvwstate(whole.substr(0, kept))) << whole.substr(0, kept);
    // Without its last newline nothing is missing.
    EXPECT_TRUE(parse_gvwstate(whole.substr(0, whole.size() - 1)));
}

TEST(Gvwstate, ThatCannotBeReadSaysWhere) {
    const std::string_view good = real::gvwstate_of_two;
    const BadCase cases[] = {
        {"empty", "", "it is empty"},
        {"zeros", std::string(200, '\0'), "line 1: it holds binary garbage"},
        {"a nil node", with(good, "0268f41b-e725-11f1-a281-0e120d4df63b", nil_text),
         "line 1: my_uuid"},
        {"not Primary", with(good, "view_id: 3", "view_id: 2"), "line 3: view type '2' is not 3"},
        {"a view below 0", with(good, "ea6c 2", "ea6c -1"), "line 3: view number '-1'"},
        {"a view of 2^32", with(good, "ea6c 2", "ea6c 4294967296"), "line 3: view number"},
        {"no view number", with(good, "ea6c 2", "ea6c"), "line 3: 'view_id:' wants 3 value(s)"},
        {"a segment of 256", with(good, "ea6c 0", "ea6c 256"), "line 5: segment '256'"},
        {"a member twice",
         with(good, "member: 0268f41b-e725-11f1-a281-0e120d4df63b",
              "member: 0256c22b-e725-11f1-80b1-8b6b12a7ea6c"),
         "line 6: member '0256c22b-e725-11f1-80b1-8b6b12a7ea6c' is there twice"},
        {"no begin", with(good, "#vwbeg\n", ""), "line 2: 'view_id:' is there twice or outside"},
        {"two ends", std::string{good} + "#vwend\n", "line 8: '#vwend' is there twice"},
        {"two files", std::string{good} + std::string{good}, "line 8: 'my_uuid:' is there twice"},
        {"a stray line", with(good, "bootstrap", "hello\nbootstrap"), "line 4: 'hello'"},
        {"grastate.dat", std::string{real::grastate_running}, "line 1: '#' is not a field"},
    };
    for (const auto& bad : cases) {
        const auto state = parse_gvwstate(bad.content);
        EXPECT_THAT(state ? "no error" : state.error().text, HasSubstr(bad.error)) << bad.what;
    }
}

} // namespace
} // namespace galera
