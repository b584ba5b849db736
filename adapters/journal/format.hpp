#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/time/timestamp.hpp"

/// The bytes of a journal's segment file:
///
///     prologue   8 bytes "HTSJRNL\x1a", schema version (u32), CRC-32C of these twelve bytes (u32)
///     record*    length of the payload (u32), CRC-32C of length and payload (u32), payload
///
/// Numbers are little-endian; a payload is one msgpack array whose first element is its kind. The
/// first record of a segment is its SegmentHeader.
namespace hts::journal {

inline constexpr std::string_view magic{"HTSJRNL\x1a", 8};
inline constexpr std::uint32_t schema_version = 1;
inline constexpr std::size_t prologue_bytes = 16;
inline constexpr std::size_t frame_bytes = 8;  ///< of a record, in front of its payload
/// No record is larger: a larger length is damage, not a reason to allocate.
inline constexpr std::uint32_t largest_payload = 256U << 20U;

[[nodiscard]] std::string make_prologue(std::uint32_t version = schema_version);

/// Appends a whole record. Requires 0 < payload.size() <= largest_payload.
void append_record(std::string& out, std::string_view payload);

/// First element of every payload.
enum class RecordKind : std::uint8_t {
  segment_header = 0,
  input = 1,    ///< something entered from outside
  command = 2,  ///< something left; belongs to the input before it
  gap = 3,      ///< records that could not be written were dropped here
};

/// What a segment says about itself and the session (one run of the daemon) that it belongs to.
struct SegmentHeader {
  std::string program;           ///< "hts 0.1.0"
  std::uint64_t session = 0;     ///< the same in all segments of one run, larger in later ones
  std::uint64_t segment = 0;     ///< 0, 1, ... within the session
  std::uint64_t records = 0;     ///< written by the session before this segment, headers apart
  time::Timestamp started_at{};  ///< of the session
  std::uint64_t seed = 0;        ///< of the runtime's random draws
  std::string settings_digest;   ///< SHA-256 of the settings, hexadecimal
  /// Those that a replay needs, key and value.
  std::vector<std::pair<std::string, std::string>> settings;

  friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

/// Lost records, where they would have been.
struct Gap {
  std::uint64_t records = 0;
  std::string reason;

  friend bool operator==(const Gap&, const Gap&) = default;
};

[[nodiscard]] std::string encode(const SegmentHeader& header);
[[nodiscard]] std::string encode(const Gap& gap);
/// Nothing unless the payload is a well-formed one of its kind.
[[nodiscard]] std::optional<RecordKind> kind_of(std::string_view payload) noexcept;
[[nodiscard]] std::optional<SegmentHeader> decode_segment_header(std::string_view payload);
[[nodiscard]] std::optional<Gap> decode_gap(std::string_view payload);

/// What stands at one place of a segment.
struct Look {
  enum class Found {
    record,        ///< `payload`
    end,           ///< nothing follows
    need_more,     ///< more bytes are needed to tell
    torn,          ///< the file ends inside a record, or in the zeros that a crash left
    corrupt,       ///< the checksum does not fit
    not_a_journal  ///< the file does not start as a segment does
  };
  Found found = Found::end;
  std::string_view payload;
  std::size_t bytes = 0;  ///< of the whole record
};

/// Looks at the record at the start of `bytes`. `whole`: nothing follows `bytes` in the file.
[[nodiscard]] Look look_at_record(std::string_view bytes, bool whole) noexcept;
/// Looks at a segment's first bytes; `version` is set when it can be told.
[[nodiscard]] Look::Found look_at_prologue(std::string_view bytes, std::uint32_t& version) noexcept;

}  // namespace hts::journal
