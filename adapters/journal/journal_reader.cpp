#include "adapters/journal/journal_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <span>
#include <utility>

namespace hts::journal {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;
constexpr std::string_view suffix = ".journal";

std::optional<std::uint64_t> parse_digits(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view name_of(Damage::Kind kind) noexcept {
  switch (kind) {
    case Damage::Kind::torn_tail:
      return "torn tail";
    case Damage::Kind::corrupt:
      return "damaged record";
    case Damage::Kind::unknown_version:
      return "unknown version";
    case Damage::Kind::not_a_journal:
      return "not a journal";
    case Damage::Kind::unreadable:
      return "unreadable";
  }
  return "damaged record";
}

result::Result<SegmentReader> SegmentReader::open(disk::Disk& disk, const std::string& path) {
  auto file = disk.open(path, disk::OpenMode::read);
  if (!file) return std::move(file).error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  return SegmentReader(std::move(file).value(), path, *size);
}

void SegmentReader::report(Damage::Kind kind, std::string_view what) {
  const std::uint64_t at = kind == Damage::Kind::unknown_version ? magic.size() : offset();
  damage_ =
      Damage{kind, path_, at, path_ + " at byte " + std::to_string(at) + ": " + std::string(what)};
}

bool SegmentReader::fill(std::size_t bytes) {
  while (!whole_ && unread().size() < bytes) {
    buffer_.erase(0, position_);
    buffer_offset_ += position_;
    position_ = 0;
    const std::size_t kept = buffer_.size();
    const std::uint64_t left = size_ - std::min(size_, buffer_offset_ + kept);
    // What a length promises is read only as far as the file goes: memory follows the file's size.
    const std::size_t wanted = std::max(chunk_bytes, bytes - kept);
    buffer_.resize(kept + static_cast<std::size_t>(std::min<std::uint64_t>(wanted, left)));
    const auto got = file_->read_at(buffer_offset_ + kept,
                                    std::as_writable_bytes(std::span(buffer_).subspan(kept)));
    if (!got) {
      buffer_.resize(kept);
      report(Damage::Kind::unreadable,
             "it cannot be read: " + got.error().message + " What stands before is good.");
      return false;
    }
    const std::size_t expected = buffer_.size() - kept;
    buffer_.resize(kept + *got);
    whole_ = *got < expected || buffer_offset_ + buffer_.size() >= size_;
  }
  return true;
}

bool SegmentReader::read_prologue() {
  if (!fill(prologue_bytes)) return false;
  std::uint32_t version = 0;
  using enum Look::Found;
  switch (look_at_prologue(unread().substr(0, prologue_bytes), version)) {
    case record:
      break;
    case torn:
      report(Damage::Kind::torn_tail,
             "the file ends before its first record: the program ended while it was made. Nothing "
             "is lost that was promised; the file may be deleted.");
      return false;
    case not_a_journal:
      report(Damage::Kind::not_a_journal,
             "this is not a journal file: name a file or folder that the daemon wrote below "
             "state.root/journal.");
      return false;
    default:
      report(Damage::Kind::corrupt,
             "the first bytes do not fit their checksum: the disk or a copy damaged the file. "
             "Take it from a backup.");
      return false;
  }
  if (version != schema_version) {
    report(Damage::Kind::unknown_version, "the file has schema version " + std::to_string(version) +
                                              ", this program reads version " +
                                              std::to_string(schema_version) +
                                              ": replay it with the program that wrote it.");
    return false;
  }
  position_ += prologue_bytes;
  return true;
}

std::optional<SegmentReader::Record> SegmentReader::next() {
  if (damage_) return std::nullopt;
  if (!std::exchange(started_, true) && !read_prologue()) return std::nullopt;
  for (;;) {
    const Look look = look_at_record(unread(), whole_);
    using enum Look::Found;
    switch (look.found) {
      case record: {
        const Record found{look.payload, offset()};
        position_ += look.bytes;
        return found;
      }
      case need_more:
        if (!fill(std::max(look.bytes, unread().size() + 1))) return std::nullopt;
        continue;
      case end:
        return std::nullopt;
      case torn:
        report(Damage::Kind::torn_tail,
               "the last record is cut off: the program or the machine ended while it was "
               "written. Everything before it is good.");
        return std::nullopt;
      default:
        report(Damage::Kind::corrupt,
               "the record does not fit its checksum: the disk or a copy damaged it. Everything "
               "before it is good; take the file from a backup to read on.");
        return std::nullopt;
    }
  }
}

std::string segment_name(std::uint64_t sequence, time::Timestamp created) {
  const auto days = std::chrono::floor<std::chrono::days>(created);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(created - days)};
  std::array<char, 80> name{};
  const int length = std::snprintf(
      name.data(), name.size(), "%08llu-%04d%02u%02uT%02d%02d%02dZ.journal",
      static_cast<unsigned long long>(sequence), static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {name.data(), static_cast<std::size_t>(length)};
}

std::optional<SegmentFile> parse_segment_name(std::string_view name) {
  if (!name.ends_with(suffix)) return std::nullopt;
  name.remove_suffix(suffix.size());
  const auto dash = name.find('-');
  if (dash == std::string_view::npos || dash < 8) return std::nullopt;
  const auto sequence = parse_digits(name.substr(0, dash));
  const std::string_view when = name.substr(dash + 1);
  if (!sequence || when.size() != 16 || when[8] != 'T' || when[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    return parse_digits(when.substr(at, digits));
  };
  const auto year = number(0, 4);
  const auto month = number(4, 2);
  const auto day = number(6, 2);
  const auto hour = number(9, 2);
  const auto minute = number(11, 2);
  const auto second = number(13, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto seconds = std::chrono::seconds{*hour * 3600 + *minute * 60 + *second};
  return SegmentFile{{}, *sequence, time::Timestamp{std::chrono::sys_days{date} + seconds}};
}

result::Result<std::vector<SegmentFile>> list_segments(disk::Disk& disk,
                                                       const std::string& folder) {
  auto entries = disk.list(folder);
  if (!entries) return std::move(entries).error();
  std::vector<SegmentFile> segments;
  for (const disk::Entry& entry : *entries) {
    auto segment = entry.is_directory ? std::nullopt : parse_segment_name(entry.name);
    if (!segment) continue;
    segment->path = folder + "/" + entry.name;
    segments.push_back(std::move(*segment));
  }
  std::sort(segments.begin(), segments.end(),
            [](const SegmentFile& a, const SegmentFile& b) { return a.sequence < b.sequence; });
  return segments;
}

}  // namespace hts::journal
