#include "adapters/csv/candle_reader.hpp"

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/csv/temporary_folder.hpp"

namespace hts::csv {
namespace {

using result::ErrorCode;

const std::string csv_header = "timestamp,open,high,low,close,volume\n";
const std::string row_1 = "1582185600000,11495000.0,11500000.0,11490000.0,11490000.0,9.01642515\n";
const std::string row_2 = "1582185660000,11490000,11530000,11490000,11523000,47.49963924\n";

struct Outcome {
  std::vector<CandleRow> rows;
  std::string message;  ///< of the error, with the folder cut off
  std::string field;
  ErrorCode code = ErrorCode::internal;
  bool last_line_is_open = false;
};

Outcome read_all(const std::filesystem::path& path, const std::string& folder) {
  Outcome outcome;
  const auto failed = [&](const result::Error& error) {
    outcome.message = error.message;
    outcome.field = error.field;
    for (std::string* text : {&outcome.message, &outcome.field}) {
      for (auto at = text->find(folder); at != std::string::npos; at = text->find(folder)) {
        text->erase(at, folder.size());
      }
    }
    outcome.code = error.code;
    return outcome;
  };
  auto reader = open_candle_file(path);
  if (!reader) return failed(reader.error());
  for (std::vector<CandleRow> rows;;) {
    if (auto read = (*reader)->read(rows); !read) return failed(read.error());
    if (rows.empty()) break;
    outcome.rows.insert(outcome.rows.end(), rows.begin(), rows.end());
  }
  outcome.last_line_is_open = (*reader)->last_line_is_open();
  return outcome;
}

Outcome read_text(std::string_view content) {
  const TemporaryFolder folder;
  return read_all(folder.write("a.csv", content), folder.path().string() + "/");
}

market::Candle candle_at(std::string_view open_time, double open, double high, double low,
                         double close, double volume) {
  return {*time::parse_iso8601(open_time), open, high, low, close, volume};
}

TEST(candle_reader, a_csv_row_becomes_a_candle_with_its_line) {
  const Outcome read = read_text(csv_header + row_1 + row_2);
  ASSERT_EQ(read.rows.size(), 2U) << read.message;
  EXPECT_EQ(read.rows[0].candle,
            candle_at("2020-02-20T08:00:00Z", 11495000, 11500000, 11490000, 11490000, 9.01642515));
  EXPECT_EQ(read.rows[0].place, 2U);
  EXPECT_EQ(read.rows[1].candle,
            candle_at("2020-02-20T08:01:00Z", 11490000, 11530000, 11490000, 11523000, 47.49963924));
  EXPECT_EQ(read.rows[1].place, 3U);
}

TEST(candle_reader, pandas_files_with_days_are_midnight_utc) {
  const Outcome read = read_text(
      ",Open,High,Low,Close,Volume\n"
      "2004-08-19,100,104.06,95.96,100.34,22351900\n"
      "2017-04-19 09:00:00,1.0716,1.0722,1.07083,1.07219,1413\n");
  ASSERT_EQ(read.rows.size(), 2U) << read.message;
  EXPECT_EQ(read.rows[0].candle, candle_at("2004-08-19", 100, 104.06, 95.96, 100.34, 22351900));
  EXPECT_EQ(read.rows[1].candle,
            candle_at("2017-04-19T09:00:00Z", 1.0716, 1.0722, 1.07083, 1.07219, 1413));
}

TEST(candle_reader, columns_are_found_by_name_in_any_order_and_case) {
  const Outcome read = read_text(
      "VOLUME,Close,Adj Close,low,HIGH,open,DateTime\n"
      "5,11,10.5,9,12,10,2020-01-01T00:00:00+09:00\n"
      "6,11,text,9,12,10,2020-01-01T00:01:00+09:00\n");
  ASSERT_EQ(read.rows.size(), 2U) << read.message;
  EXPECT_EQ(read.rows[0].candle, candle_at("2019-12-31T15:00:00Z", 10, 12, 9, 11, 5));
  EXPECT_EQ(read.rows[1].candle, candle_at("2019-12-31T15:01:00Z", 10, 12, 9, 11, 6));
}

TEST(candle_reader, seconds_are_told_from_milliseconds_by_the_first_row) {
  const Outcome seconds =
      read_text(csv_header + "1582185600,10,12,9,11,5\n1582185660,10,12,9,11,5\n");
  ASSERT_EQ(seconds.rows.size(), 2U) << seconds.message;
  EXPECT_EQ(seconds.rows[1].candle.open_time, *time::parse_iso8601("2020-02-20T08:01:00Z"));

  const Outcome early = read_text(csv_header + "0,10,12,9,11,5\n60000,10,12,9,11,5\n");
  ASSERT_EQ(early.rows.size(), 2U) << early.message;
  EXPECT_EQ(early.rows[1].candle.open_time, *time::parse_iso8601("1970-01-01T00:01:00Z"));

  const Outcome decimal = read_text(csv_header + "1582185600000.0,10,12,9,11,5\n");
  ASSERT_EQ(decimal.rows.size(), 1U) << decimal.message;
  EXPECT_EQ(decimal.rows[0].candle.open_time, *time::parse_iso8601("2020-02-20T08:00:00Z"));
}

TEST(candle_reader, a_byte_order_mark_carriage_returns_quotes_and_blanks_are_taken) {
  const Outcome read = read_text(
      "\xEF\xBB\xBFtimestamp,\"open\",high,low,close,volume\r\n"
      "\"1582185600000\",\"10\",12 , 9,\t11,5\r\n"
      "1582185660000,10,12,9,11,5\r\n"
      "\r\n\n  \n");
  ASSERT_EQ(read.rows.size(), 2U) << read.message;
  EXPECT_EQ(read.rows[0].candle, candle_at("2020-02-20T08:00:00Z", 10, 12, 9, 11, 5));
  EXPECT_EQ(read.rows[1].place, 3U);
}

TEST(candle_reader, exponents_and_very_long_numbers_are_rounded_as_a_double_is) {
  const Outcome read = read_text(csv_header + row_1 +
                                 "1582185660000,1e-7,2.5E+3,0.00000000000000000001,"
                                 "0.1000000000000000055511151231257827,12345678901.12345678\n");
  ASSERT_EQ(read.rows.size(), 2U) << read.message;
  EXPECT_EQ(read.rows[1].candle,
            candle_at("2020-02-20T08:01:00Z", 1e-7, 2500, 1e-20, 0.1, 12345678901.12345678));
}

TEST(candle_reader, a_last_line_without_an_end_is_read_and_mentioned) {
  const Outcome read = read_text(csv_header + row_1 + row_2.substr(0, row_2.size() - 1));
  ASSERT_EQ(read.rows.size(), 2U) << read.message;
  EXPECT_EQ(read.rows[1].candle.volume, 47.49963924);
  EXPECT_TRUE(read.last_line_is_open);
  EXPECT_FALSE(read_text(csv_header + row_1 + row_2).last_line_is_open);
}

TEST(candle_reader, a_file_many_blocks_long_is_read_in_order) {
  std::string content = csv_header;
  constexpr int rows = 70'000;
  for (int i = 0; i < rows; ++i) {
    content +=
        std::to_string(1582185600000 + 60'000LL * i) + ",10,12,9,11," + std::to_string(i) + ".5\n";
  }
  ASSERT_GT(content.size(), std::size_t{2} << 20U);
  const Outcome read = read_text(content);
  ASSERT_EQ(read.rows.size(), static_cast<std::size_t>(rows)) << read.message;
  for (int i = 0; i < rows; ++i) {
    const CandleRow& row = read.rows[static_cast<std::size_t>(i)];
    ASSERT_EQ(row.place, static_cast<std::uint64_t>(i) + 2);
    ASSERT_EQ(row.candle.volume, i + 0.5);
    ASSERT_EQ(time::to_milliseconds(row.candle.open_time), 1582185600000 + 60'000LL * i);
  }
}

struct BadInput {
  const char* description;
  std::string content;
  std::string message;
  std::string field;
};

void PrintTo(const BadInput& input, std::ostream* out) {
  *out << input.description;
}

class bad_candle_file : public testing::TestWithParam<BadInput> {};

TEST_P(bad_candle_file, is_refused_with_one_sentence_naming_the_place) {
  const Outcome read = read_text(GetParam().content);
  EXPECT_EQ(read.message, GetParam().message);
  EXPECT_EQ(read.field, GetParam().field);
  EXPECT_TRUE(read.code == ErrorCode::malformed || read.code == ErrorCode::invalid);
}

const std::string accepted =
    ": the first line must name the columns, as 'timestamp,open,high,low,close,volume' or "
    "',Open,High,Low,Close,Volume'.";

INSTANTIATE_TEST_SUITE_P(
    all, bad_candle_file,
    testing::Values(
        BadInput{"empty", "", "a.csv is empty: there are no candles in it.", "a.csv"},
        BadInput{"blank", "\n \r\n\n", "a.csv is empty: there are no candles in it.", "a.csv"},
        BadInput{"only_a_mark", "\xEF\xBB\xBF", "a.csv is empty: there are no candles in it.",
                 "a.csv"},
        BadInput{"header_only", csv_header, "a.csv has a header and no candles below it.", "a.csv"},
        BadInput{"header_and_blanks", csv_header + "\n\n",
                 "a.csv has a header and no candles below it.", "a.csv"},
        BadInput{"no_header", row_1 + row_2,
                 "a.csv:1: there is no header, the file begins with "
                 "'1582185600000,11495000.0,11500000.0,1149...'" +
                     accepted,
                 "a.csv:1"},
        BadInput{"unknown_header", "\nid,price,amount\n1,2,3\n",
                 "a.csv:2: the header 'id,price,amount' has no column timestamp, open, high, low, "
                 "close, volume" +
                     accepted,
                 "a.csv:2"},
        BadInput{
            "column_missing", "timestamp,open,high,low,close\n",
            "a.csv:1: the header 'timestamp,open,high,low,close' has no column volume" + accepted,
            "a.csv:1"},
        BadInput{"column_twice", "timestamp,open,high,low,close,volume,Open\n",
                 "a.csv:1: the header 'timestamp,open,high,low,close,volume,Ope...' names open "
                 "twice" +
                     accepted,
                 "a.csv:1"},
        BadInput{"too_few_columns", csv_header + row_1 + "1582185660000,10,12,9,11\n" + row_2,
                 "a.csv:3: the row has 5 instead of 6 columns.", "a.csv:3"},
        BadInput{"too_many_columns", csv_header + row_1 + "1582185660000,10,12,9,11,5,7\n",
                 "a.csv:3: the row has 7 instead of 6 columns.", "a.csv:3"},
        BadInput{"cut_off_row", csv_header + row_1 + "1582185660000,10,12,9",
                 "a.csv:3: the file is cut off in this line, which has 4 instead of 6 columns; get "
                 "it again.",
                 "a.csv:3"},
        BadInput{"cut_off_number", csv_header + row_1 + "1582185660000,10,12,9,11,5.",
                 "a.csv:3: column 6 (volume): the file is cut off in '5.'; get it again.",
                 "a.csv:3"},
        BadInput{"cut_off_before_volume", csv_header + row_1 + "1582185660000,10,12,9,11,",
                 "a.csv:3: column 6 (volume): there is nothing.", "a.csv:3"},
        BadInput{"not_a_number", csv_header + row_1 + "1582185660000,10,twelve,9,11,5\n",
                 "a.csv:3: column 3 (high): 'twelve' is not a number.", "a.csv:3"},
        BadInput{"hexadecimal", csv_header + "1582185660000,0x10,12,9,11,5\n",
                 "a.csv:2: column 2 (open): '0x10' is not a number.", "a.csv:2"},
        BadInput{"empty_field", csv_header + "1582185660000,10,,9,11,5\n",
                 "a.csv:2: column 3 (high): there is nothing.", "a.csv:2"},
        BadInput{"nan", csv_header + row_1 + "1582185660000,10,12,9,NaN,5\n",
                 "a.csv:3: column 5 (close): close is not a finite number.", "a.csv:3"},
        BadInput{"infinity", csv_header + "1582185660000,10,inf,9,11,5\n",
                 "a.csv:2: column 3 (high): high is not a finite number.", "a.csv:2"},
        BadInput{"out_of_range", csv_header + "1582185660000,10,1e999,9,11,5\n",
                 "a.csv:2: column 3 (high): '1e999' is out of range.", "a.csv:2"},
        BadInput{"zero_price", csv_header + row_1 + "1582185660000,10,12,0,11,5\n",
                 "a.csv:3: column 4 (low): low 0 is not above 0.", "a.csv:3"},
        BadInput{"negative_price", csv_header + row_1 + "1582185660000,-10,12,9,11,5\n",
                 "a.csv:3: column 2 (open): open -10 is not above 0.", "a.csv:3"},
        BadInput{"negative_volume", csv_header + row_1 + "1582185660000,10,12,9,11,-5\n",
                 "a.csv:3: column 6 (volume): volume -5 is negative.", "a.csv:3"},
        BadInput{"high_below_low", csv_header + row_1 + "1582185660000,10,9,12,10,5\n",
                 "a.csv:3: column 3 (high): high 9 is below low 12.", "a.csv:3"},
        BadInput{"time_is_text", csv_header + row_1 + "soon,10,12,9,11,5\n",
                 "a.csv:3: column 1 (timestamp): 'soon' is not a whole number of milliseconds, as "
                 "the first row's time is.",
                 "a.csv:3"},
        BadInput{"first_time_is_text", csv_header + "soon,10,12,9,11,5\n",
                 "a.csv:2: column 1 (timestamp): 'soon' is not a time: write milliseconds since "
                 "1970, seconds, or 2020-02-20T08:00:00Z.",
                 "a.csv:2"},
        BadInput{"no_such_day", csv_header + "2023-02-29,10,12,9,11,5\n",
                 "a.csv:2: column 1 (timestamp): '2023-02-29' is not a date between 1970 and 2200.",
                 "a.csv:2"},
        BadInput{"before_1970", csv_header + row_1 + "-1,10,12,9,11,5\n",
                 "a.csv:3: column 1 (timestamp): '-1' is outside 1970 to 2200, read as "
                 "milliseconds since 1970.",
                 "a.csv:3"},
        BadInput{"after_2200", csv_header + row_1 + "7289654400000,10,12,9,11,5\n",
                 "a.csv:3: column 1 (timestamp): '7289654400000' is outside 1970 to 2200, read as "
                 "milliseconds since 1970.",
                 "a.csv:3"},
        BadInput{"microseconds", csv_header + "1582185660000000,10,12,9,11,5\n",
                 "a.csv:2: column 1 (timestamp): '1582185660000000' is outside 1970 to 2200, read "
                 "as milliseconds since 1970.",
                 "a.csv:2"},
        BadInput{"units_mixed", csv_header + row_1 + "1582185660,10,12,9,11,5\n",
                 "a.csv:3: column 1 (timestamp): '1582185660' is in seconds, while the first row's "
                 "time is in milliseconds.",
                 "a.csv:3"},
        BadInput{"no_integer_holds_it", csv_header + row_1 + "99999999999999999999,10,12,9,11,5\n",
                 "a.csv:3: column 1 (timestamp): '99999999999999999999' is not a whole number of "
                 "milliseconds, as the first row's time is.",
                 "a.csv:3"},
        BadInput{"not_utf8", csv_header + row_1 + "1582185660000,10,\xFF,9,11,5\n",
                 "a.csv:3: character 18 is a byte that is not UTF-8 (0xFF), so this is not text.",
                 "a.csv:3"},
        BadInput{"latin1_in_the_header",
                 "timestamp,open,high,low,close,volume,gr\xF6\xDF"
                 "e\n",
                 "a.csv:1: character 40 is a byte that is not UTF-8 (0xF6), so this is not text.",
                 "a.csv:1"},
        BadInput{"nul", csv_header + row_1 + std::string("1582185660000,1\0,12,9,11,5\n", 27),
                 "a.csv:3: character 16 is a NUL byte, so this is not text.", "a.csv:3"},
        BadInput{"blank_line_inside", csv_header + row_1 + "\n\n" + row_2,
                 "a.csv:3: the line is blank, and there are more rows after it.", "a.csv:3"},
        BadInput{"quote_left_open", csv_header + row_1 + "1582185660000,10,\"12,9,11,5\n",
                 "a.csv:3: column 3 (high): a quote is opened and not closed on this line.",
                 "a.csv:3"},
        BadInput{"text_behind_a_quote", csv_header + row_1 + "1582185660000,\"10\"x,12,9,11,5\n",
                 "a.csv:3: column 2 (open): there is text behind a closing quote.", "a.csv:3"},
        BadInput{"long_line", csv_header + row_1 + std::string(70'000, '1') + "\n" + row_2,
                 "a.csv:3: the line is longer than 64 KiB, which no row is.", "a.csv:3"},
        BadInput{"very_long_line", csv_header + row_1 + std::string(5'000'000, '1'),
                 "a.csv:3: the line is longer than 64 KiB, which no row is.", "a.csv:3"},
        BadInput{"long_header", std::string(5'000'000, 'a'),
                 "a.csv:1: the line is longer than 64 KiB, which no row is.", "a.csv:1"},
        BadInput{"gzip", "\x1F\x8B\x08 and so on",
                 "a.csv is a gzip archive: unpack it with gunzip first.", "a.csv"},
        BadInput{"utf16", std::string("\xFF\xFEt\0i\0", 6),
                 "a.csv is UTF-16 text: save it as UTF-8.", "a.csv"},
        BadInput{"parquet", "PAR1\x15\x04",
                 "a.csv is a Parquet file: candles are imported from CSV or Upbit's JSON.",
                 "a.csv"}),
    [](const auto& info) { return std::string{info.param.description}; });

TEST(candle_reader, a_bad_row_after_many_blocks_is_named_by_its_line) {
  std::string content = csv_header;
  for (int i = 0; i < 50'000; ++i) content += row_1;
  content += "x,1\n";
  const Outcome read = read_text(content);
  EXPECT_EQ(read.message, "a.csv:50002: the row has 2 instead of 6 columns.");

  content.resize(content.size() - 4);
  content += "158\xC3,1\n";
  EXPECT_EQ(read_text(content).field, "a.csv:50002");
}

TEST(candle_reader, a_missing_file_and_a_directory_are_told_apart) {
  const TemporaryFolder folder;
  const std::string prefix = folder.path().string() + "/";
  const Outcome missing = read_all(folder.path() / "none.csv", prefix);
  EXPECT_EQ(missing.message, "There is no file none.csv: check the path.");
  EXPECT_EQ(missing.code, ErrorCode::not_found);

  std::filesystem::create_directory(folder.path() / "candles");
  const Outcome directory = read_all(folder.path() / "candles", prefix);
  EXPECT_EQ(directory.message, "candles is a directory: name the files in it.");
}

TEST(candle_reader, a_file_without_permission_says_so) {
  const TemporaryFolder folder;
  const std::string prefix = folder.path().string() + "/";
  const auto locked = folder.write("locked.csv", csv_header + row_1);
  ::chmod(locked.c_str(), 0);
  // The superuser may read everything, so the attempt is made as nobody.
  constexpr uid_t nobody = 65534;
  const bool is_superuser = ::geteuid() == 0;
  if (is_superuser) {
    ASSERT_EQ(::seteuid(nobody), 0);
  }
  const Outcome refused = read_all(locked, prefix);
  if (is_superuser) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(refused.message, "Cannot read locked.csv: Permission denied.");
  EXPECT_EQ(refused.code, ErrorCode::storage);
}

const std::string json_candle =
    R"({"market":"KRW-BTC","candle_date_time_utc":"2020-02-20T11:19:00","opening_price":10,)"
    R"("high_price":12,"low_price":9,"trade_price":11,"candle_acc_trade_volume":5.5,"unit":1})";

TEST(candle_reader, an_upbit_page_is_recognised_by_content_and_turned_oldest_first) {
  const TemporaryFolder folder;
  std::string older = json_candle;
  older.replace(older.find("11:19"), 5, "11:18");
  const auto path = folder.write("page.txt", "\n [" + json_candle + "," + older + "]\n");
  auto reader = open_candle_file(path);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_STREQ((*reader)->place_name(), "candle");
  EXPECT_EQ((*reader)->symbol()->text(), "BTC_KRW");
  EXPECT_EQ((*reader)->timeframe()->name(), "1m");
  const Outcome read = read_all(path, "");
  ASSERT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read.rows[0].candle, candle_at("2020-02-20T11:18:00Z", 10, 12, 9, 11, 5.5));
  EXPECT_EQ(read.rows[0].place, 2U);
  EXPECT_EQ(read.rows[1].place, 1U);
}

TEST(candle_reader, bad_json_is_named_by_file_line_and_column) {
  EXPECT_EQ(read_text("[]").message, "a.csv has no candles: it is an empty page.");
  EXPECT_EQ(read_text("[" + json_candle).message,
            "a.csv, line 1, column 172: the JSON ends in the middle: it was cut off.");
  EXPECT_EQ(read_text("[\n" + json_candle + ",\n{}]").message,
            "a.csv, line 3, column 2: candle 2: candle_date_time_utc is missing.");
  EXPECT_EQ(read_text("[\"\xFF\"]").message,
            "a.csv contains a byte that is not UTF-8 (0xFF) at byte 3: it is not JSON text.");
}

TEST(candle_reader, a_json_file_over_64_mib_is_refused_before_it_is_read) {
  const TemporaryFolder folder;
  const auto path = folder.write("big.json", "[");
  std::filesystem::resize_file(path, (std::uintmax_t{64} << 20U) + 1);
  const Outcome read = read_all(path, folder.path().string() + "/");
  EXPECT_EQ(read.code, ErrorCode::too_large);
  EXPECT_EQ(read.message,
            "big.json is larger than 64 MiB: import JSON pages in smaller files, or convert it to "
            "CSV.");
}

}  // namespace
}  // namespace hts::csv
