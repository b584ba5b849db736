#include "adapters/parquet/plain_candle_file.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/disk/disk_error.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "adapters/parquet/plain_layout.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {
namespace {

using result::Status;
using result::success;
using time::Timestamp;
namespace fs = std::filesystem;

constexpr std::string_view magic = "PAR1";
constexpr std::size_t longest_page_start = 256;
/// Of a file with twenty thousand row groups.
constexpr std::uint64_t longest_footer = 16U << 20U;

bool is_magic(std::span<const std::byte> bytes) {
  return std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

/// Nothing for a number that no timestamp can hold.
std::optional<Timestamp> to_timestamp(std::int64_t milliseconds) {
  constexpr std::int64_t limit = INT64_MAX / nanoseconds_a_millisecond;
  if (milliseconds > limit || milliseconds < -limit) return std::nullopt;
  return time::from_milliseconds(milliseconds);
}

}  // namespace

Status PlainCandleFile::read(std::uint64_t offset, std::span<std::byte> into) {
  auto count = file_->read_at(offset, into);
  if (!count) return std::move(count).error();
  return *count == into.size() ? success() : Status{damaged("it ends too early")};
}

result::Error PlainCandleFile::damaged(std::string_view reason) const {
  return disk::file_error("Cannot read", path_, reason,
                          "It is damaged: move it away and import its candles again.");
}

/// Nothing when the group's pages are of another kind, or its times not those that the footer
/// tells.
std::optional<PlainCandleFile::Group> PlainCandleFile::find_values(const PlainGroup& described) {
  Group group;
  group.rows = described.rows;
  for (std::size_t i = 0; i < columns; ++i) {
    const PlainChunk& chunk = described.chunks[i];
    std::array<std::byte, longest_page_start> start{};
    const std::uint64_t before_values = chunk.bytes - described.rows * value_bytes;
    if (before_values > start.size()) return std::nullopt;
    const auto page = std::span{start}.first(static_cast<std::size_t>(before_values));
    if (!read(chunk.begin, page) || !is_plain_page(page, described.rows)) return std::nullopt;
    group.values_at[i] = chunk.begin + before_values;
  }
  std::array<std::int64_t, 2> ends{};
  const std::uint64_t last_at = group.values_at[0] + (group.rows - 1) * value_bytes;
  const auto bytes = std::as_writable_bytes(std::span{ends});
  if (!read(group.values_at[0], bytes.first(value_bytes)) ||
      !read(last_at, bytes.last(value_bytes))) {
    return std::nullopt;
  }
  const auto first = to_timestamp(ends[0]);
  const auto last = to_timestamp(ends[1]);
  if (!first || !last || ends[0] != described.smallest || ends[1] != described.largest) {
    return std::nullopt;
  }
  group.first = *first;
  group.last = *last;
  return group;
}

std::optional<PlainCandleFile> PlainCandleFile::open(disk::Disk& disk, const fs::path& path,
                                                     time::TimeRange range) {
  auto opened = disk.open(path, disk::OpenMode::read);
  if (!opened) return std::nullopt;
  PlainCandleFile file{std::move(*opened), path};
  const auto size = file.file_->size();
  constexpr std::size_t tail_bytes = sizeof(std::uint32_t) + magic.size();
  if (!size || *size < magic.size() + tail_bytes) return std::nullopt;

  std::array<std::byte, magic.size()> head{};
  std::array<std::byte, tail_bytes> tail{};
  if (!file.read(0, head) || !file.read(*size - tail_bytes, tail)) return std::nullopt;
  std::uint32_t footer_bytes = 0;
  std::memcpy(&footer_bytes, tail.data(), sizeof footer_bytes);
  if (!is_magic(head) || !is_magic(std::span{tail}.subspan(sizeof footer_bytes)) ||
      footer_bytes > std::min(*size - magic.size() - tail_bytes, longest_footer)) {
    return std::nullopt;
  }
  const std::uint64_t content_end = *size - tail_bytes - footer_bytes;
  std::vector<std::byte> footer(footer_bytes);
  if (!file.read(content_end, footer)) return std::nullopt;
  const auto groups = parse_plain_footer(footer, content_end);
  if (!groups) return std::nullopt;

  for (const PlainGroup& described : *groups) {
    if (described.rows == 0) return std::nullopt;
    const auto group = file.find_values(described);
    if (!group) return std::nullopt;
    if (group->last >= range.begin && group->first < range.end) file.groups_.push_back(*group);
  }
  return file;
}

Status PlainCandleFile::read_times(const Group& group, std::vector<Timestamp>& open_times,
                                   const std::atomic<bool>* cancel) {
  constexpr std::size_t block = 8'192;
  std::array<std::int64_t, block> milliseconds;  // NOLINT: filled before it is read
  const std::int64_t smallest = time::to_milliseconds(group.first);
  const std::int64_t largest = time::to_milliseconds(group.last);
  std::int64_t before = smallest;
  for (std::uint64_t done = 0; done < group.rows;) {
    if (ports::is_cancelled(cancel)) return ports::cancelled_load();
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(block, group.rows - done));
    const auto values = std::span{milliseconds}.first(count);
    auto filled = read(group.values_at[0] + done * value_bytes, std::as_writable_bytes(values));
    if (!filled) return filled;
    bool ascends = values.back() <= largest && values.front() >= before;
    for (std::size_t i = 1; i < count; ++i) ascends = ascends && values[i] > values[i - 1];
    if (!ascends) return damaged("its open times do not ascend");
    const std::size_t begin = open_times.size();
    open_times.resize(begin + count);
    for (std::size_t i = 0; i < count; ++i) {
      open_times[begin + i] = time::from_milliseconds(values[i]);
    }
    before = values.back() + 1;
    done += count;
  }
  return success();
}

Status PlainCandleFile::read_values(const Group& group, std::size_t first, std::size_t count,
                                    market::CandleSeries& candles) {
  const std::array<std::vector<double>*, columns - 1> targets = {
      &candles.open, &candles.high, &candles.low, &candles.close, &candles.volume};
  for (std::size_t i = 0; i < targets.size(); ++i) {
    std::vector<double>& target = *targets[i];
    const std::size_t begin = target.size();
    target.resize(begin + count);
    auto filled = read(group.values_at[i + 1] + std::uint64_t{first} * value_bytes,
                       std::as_writable_bytes(std::span{target}.subspan(begin)));
    if (!filled) return filled;
  }
  return success();
}

}  // namespace hts::parquet
