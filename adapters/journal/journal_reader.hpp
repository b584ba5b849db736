#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/journal/format.hpp"
#include "engine/result/result.hpp"

namespace hts::journal {

/// Why reading a segment ended before its end, and where.
struct Damage {
  enum class Kind { torn_tail, corrupt, unknown_version, not_a_journal, unreadable };
  Kind kind = Kind::corrupt;
  std::string path;
  std::uint64_t offset = 0;  ///< bytes from the start of the file
  std::string message;       ///< what it is, where, and what to do
};

/// "torn tail", "damaged record", ...
[[nodiscard]] std::string_view name_of(Damage::Kind kind) noexcept;

/// Streams the records of one segment file, checking each.
///
/// Everything in front of damage is read; nothing behind it, for a length that cannot be trusted
/// hides where the next record starts. One thread; memory: one mebibyte, or the largest record.
class SegmentReader {
 public:
  /// Errors: storage when the file cannot be opened. A file that is no segment is damage, which
  /// `next` reports.
  [[nodiscard]] static result::Result<SegmentReader> open(disk::Disk& disk,
                                                          const std::string& path);

  struct Record {
    std::string_view payload;  ///< valid until the next call
    std::uint64_t offset = 0;  ///< of its frame
  };
  /// The next record; nothing at the end or at damage.
  [[nodiscard]] std::optional<Record> next();

  [[nodiscard]] const std::optional<Damage>& damage() const noexcept { return damage_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Where the next record is expected.
  [[nodiscard]] std::uint64_t offset() const noexcept { return buffer_offset_ + position_; }
  /// How long the file is, for a progress bar.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  SegmentReader(std::unique_ptr<disk::File> file, std::string path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  [[nodiscard]] bool read_prologue();
  /// Reads on until at least `bytes` are unread, or the file ends. False: it cannot be read.
  [[nodiscard]] bool fill(std::size_t bytes);
  void report(Damage::Kind kind, std::string_view what);
  [[nodiscard]] std::string_view unread() const noexcept {
    return std::string_view(buffer_).substr(position_);
  }

  std::unique_ptr<disk::File> file_;
  std::string path_;
  std::uint64_t size_ = 0;
  std::string buffer_;
  std::uint64_t buffer_offset_ = 0;  // of the buffer's first byte in the file
  std::size_t position_ = 0;         // in the buffer
  bool whole_ = false;               // the buffer reaches the end of the file
  bool started_ = false;
  std::optional<Damage> damage_;
};

/// One segment file of a journal folder, by its name.
struct SegmentFile {
  std::string path;
  std::uint64_t sequence = 0;  ///< 1, 2, ... over all sessions of the folder
  time::Timestamp created{};   ///< whole seconds
};

/// `00000012-20261121T110854Z.journal`.
[[nodiscard]] std::string segment_name(std::uint64_t sequence, time::Timestamp created);
[[nodiscard]] std::optional<SegmentFile> parse_segment_name(std::string_view name);
/// The segments of a folder, oldest first; other files are passed over. Errors: storage.
[[nodiscard]] result::Result<std::vector<SegmentFile>> list_segments(disk::Disk& disk,
                                                                     const std::string& folder);

}  // namespace hts::journal
