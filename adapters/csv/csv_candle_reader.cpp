#include "adapters/csv/csv_candle_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "adapters/csv/csv_columns.hpp"
#include "adapters/csv/csv_row_parser.hpp"
#include "adapters/csv/text_defects.hpp"

namespace hts::csv {
namespace {

using result::ErrorCode;

constexpr std::size_t block_size = std::size_t{1} << 20U;
constexpr std::size_t longest_line = std::size_t{64} << 10U;

/// A file as blocks of whole lines. Only the last block may end without a line feed.
class LineBlocks {
 public:
  LineBlocks(InputFile file, std::string head) : file_(std::move(file)), buffer_(std::move(head)) {
    filled_ = buffer_.size();
    buffer_.resize(std::max(filled_, block_size));
  }

  /// The next block, valid until the next call; empty at the end. A block without any line feed
  /// before the end of the file is given out as it is: its line is too long.
  result::Result<std::string_view> next() {
    std::memmove(buffer_.data(), buffer_.data() + given_, filled_ - given_);
    filled_ -= given_;
    given_ = 0;
    if (!ended_) {
      const auto count = file_.read({buffer_.data() + filled_, buffer_.size() - filled_});
      if (!count) return count.error();
      ended_ = *count < buffer_.size() - filled_;
      filled_ += *count;
    }
    const std::string_view all{buffer_.data(), filled_};
    const std::size_t last_end = all.rfind('\n');
    given_ = ended_ || last_end == std::string_view::npos ? filled_ : last_end + 1;
    return all.substr(0, given_);
  }

  [[nodiscard]] const InputFile& file() const noexcept { return file_; }

 private:
  InputFile file_;
  std::string buffer_;
  std::size_t filled_ = 0;
  std::size_t given_ = 0;
  bool ended_ = false;
};

class CsvCandleReader final : public CandleReader {
 public:
  CsvCandleReader(InputFile file, std::string head)
      : blocks_(std::move(file), std::move(head)), parser_(CsvColumns{}) {}

  /// Reads up to and including the header.
  result::Status read_header() {
    while (auto line = next_line()) {
      if (is_blank(line->text)) continue;
      if (line->text.size() > longest_line) return line_too_long();
      auto columns = parse_header(line->text);
      if (!columns) return at_line(columns.error());
      parser_ = CsvRowParser(*std::move(columns));
      return result::success();
    }
    if (failure_) return *failure_;
    return result::make_error(ErrorCode::malformed,
                              name() + " is empty: there are no candles in it.", name());
  }

  result::Status read(std::vector<CandleRow>& rows) override {
    rows.clear();
    while (rows.empty()) {
      if (!rest_.empty()) {
        if (auto read_rows = read_block(rows); !read_rows) return read_rows;
      } else if (!refill()) {
        if (failure_) return *failure_;
        if (rows_read_ > 0) return result::success();
        return result::make_error(ErrorCode::malformed,
                                  name() + " has a header and no candles below it.", name());
      }
    }
    rows_read_ += rows.size();
    return result::success();
  }

  const char* place_name() const noexcept override { return "line"; }
  bool last_line_is_open() const noexcept override { return last_line_is_open_; }
  std::uint64_t bytes_read() const noexcept override { return blocks_.file().bytes_read(); }
  std::uint64_t bytes_total() const noexcept override { return blocks_.file().size(); }

 private:
  struct Line {
    std::string_view text;  ///< without its end
    bool is_open = false;   ///< the file ended first
  };

  const std::string& name() const noexcept { return blocks_.file().name(); }

  /// The next block into rest_. False at the end of the file or on failure_.
  bool refill() {
    auto block = blocks_.next();
    if (!block) {
      failure_ = block.error();
      return false;
    }
    rest_ = *block;
    if (const auto bad = find_bad_byte(rest_)) {
      const std::string_view before = rest_.substr(0, bad->offset);
      line_ += static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n')) + 1;
      const std::size_t column = bad->offset - (before.rfind('\n') + 1) + 1;
      failure_ = at_line(result::make_error(
          ErrorCode::malformed,
          "character " + std::to_string(column) + " is " + bad->problem + ", so this is not text"));
      return false;
    }
    return !rest_.empty();
  }

  /// Takes one line off rest_, which is not empty.
  Line take_line() {
    ++line_;
    const void* const found = std::memchr(rest_.data(), '\n', rest_.size());
    Line line;
    if (found == nullptr) {
      line = {rest_, true};
      rest_ = {};
    } else {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - rest_.data());
      line = {rest_.substr(0, length), false};
      rest_.remove_prefix(length + 1);
    }
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    return line;
  }

  std::optional<Line> next_line() {
    if (rest_.empty() && !refill()) return std::nullopt;
    return take_line();
  }

  result::Status read_block(std::vector<CandleRow>& rows) {
    // A short row is about 40 bytes; growing the vector costs more than reserving too much.
    rows.reserve(rest_.size() / 40 + 1);
    CandleRow row;
    while (!rest_.empty()) {
      const Line line = take_line();
      row.place = line_;
      if (blank_line_ == 0 && !line.is_open && rows_read_ + rows.size() > 0 &&
          line.text.size() <= longest_line && parser_.parse_plainly(line.text, row.candle)) {
        if (const auto defect = market::find_defect(row.candle)) {
          return at_line(parser_.defect_error(*defect));
        }
        rows.push_back(row);
        continue;
      }
      if (is_blank(line.text)) {
        if (blank_line_ == 0) blank_line_ = line_;
        continue;
      }
      if (blank_line_ != 0) {
        line_ = blank_line_;
        return at_line(result::make_error(ErrorCode::malformed,
                                          "the line is blank, and there are more rows after it"));
      }
      if (line.text.size() > longest_line) return line_too_long();
      auto candle = parser_.parse_carefully(line.text, line.is_open);
      if (!candle) return at_line(candle.error());
      row.candle = *candle;
      last_line_is_open_ = line.is_open;
      rows.push_back(row);
    }
    return result::success();
  }

  static bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r") == std::string_view::npos;
  }

  result::Error line_too_long() const {
    return at_line(result::make_error(ErrorCode::malformed,
                                      "the line is longer than 64 KiB, which no row is"));
  }

  /// Puts file and line in front of a sentence about the line just taken.
  result::Error at_line(const result::Error& error) const {
    const std::string place = name() + ":" + std::to_string(line_);
    return result::make_error(error.code, place + ": " + error.message + ".", place);
  }

  LineBlocks blocks_;
  CsvRowParser parser_;
  std::string_view rest_;         ///< of the present block
  std::uint64_t line_ = 0;        ///< number of the line taken last
  std::uint64_t blank_line_ = 0;  ///< number of the first blank line below the header
  std::uint64_t rows_read_ = 0;
  bool last_line_is_open_ = false;
  std::optional<result::Error> failure_;
};

}  // namespace

result::Result<std::unique_ptr<CandleReader>> open_csv_candles(InputFile file, std::string head) {
  auto reader = std::make_unique<CsvCandleReader>(std::move(file), std::move(head));
  if (auto header = reader->read_header(); !header) return std::move(header).error();
  return std::unique_ptr<CandleReader>(std::move(reader));
}

}  // namespace hts::csv
