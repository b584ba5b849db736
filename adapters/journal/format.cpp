#include "adapters/journal/format.hpp"

#include <algorithm>

#include "adapters/journal/crc32c.hpp"
#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"

namespace hts::journal {
namespace {

void put_u32(char* at, std::uint32_t value) noexcept {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(value >> (8 * i));
}

std::uint32_t get_u32(const char* at) noexcept {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8U | static_cast<unsigned char>(at[i]);
  return value;
}

bool all_zero(std::string_view bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

/// A file that grew before its contents reached the disk ends in zeros.
bool ends_in_zeros(std::string_view rest, std::size_t record_bytes) noexcept {
  constexpr std::size_t enough = 8;
  return record_bytes >= frame_bytes + enough && all_zero(rest.substr(record_bytes - enough));
}

}  // namespace

std::string make_prologue(std::uint32_t version) {
  std::string bytes(prologue_bytes, '\0');
  bytes.replace(0, magic.size(), magic);
  put_u32(bytes.data() + 8, version);
  put_u32(bytes.data() + 12, crc32c(std::string_view(bytes).substr(0, 12)));
  return bytes;
}

void append_record(std::string& out, std::string_view payload) {
  char frame[frame_bytes];
  put_u32(frame, static_cast<std::uint32_t>(payload.size()));
  put_u32(frame + 4, crc32c(payload, crc32c({frame, 4})));
  out.append(frame, frame_bytes);
  out.append(payload);
}

std::string encode(const SegmentHeader& header) {
  std::string bytes;
  MsgpackWriter writer(bytes);
  writer.array(9);
  writer.unsigned_integer(static_cast<std::uint64_t>(RecordKind::segment_header));
  writer.text(header.program);
  writer.unsigned_integer(header.session);
  writer.unsigned_integer(header.segment);
  writer.unsigned_integer(header.records);
  writer.integer(header.started_at.time_since_epoch().count());
  writer.unsigned_integer(header.seed);
  writer.text(header.settings_digest);
  writer.array(header.settings.size());
  for (const auto& [key, value] : header.settings) {
    writer.array(2);
    writer.text(key);
    writer.text(value);
  }
  return bytes;
}

std::string encode(const Gap& gap) {
  std::string bytes;
  MsgpackWriter writer(bytes);
  writer.array(3);
  writer.unsigned_integer(static_cast<std::uint64_t>(RecordKind::gap));
  writer.unsigned_integer(gap.records);
  writer.text(gap.reason);
  return bytes;
}

std::optional<RecordKind> kind_of(std::string_view payload) noexcept {
  MsgpackReader reader(payload);
  if (reader.array() == 0) return std::nullopt;
  const std::uint64_t kind = reader.unsigned_integer();
  if (!reader.ok() || kind > static_cast<std::uint64_t>(RecordKind::gap)) return std::nullopt;
  return static_cast<RecordKind>(kind);
}

std::optional<SegmentHeader> decode_segment_header(std::string_view payload) {
  MsgpackReader reader(payload);
  reader.expect_array(9);
  if (reader.unsigned_integer() != static_cast<std::uint64_t>(RecordKind::segment_header)) {
    return std::nullopt;
  }
  SegmentHeader header;
  header.program = reader.text();
  header.session = reader.unsigned_integer();
  header.segment = reader.unsigned_integer();
  header.records = reader.unsigned_integer();
  header.started_at = time::Timestamp(time::Duration(reader.integer()));
  header.seed = reader.unsigned_integer();
  header.settings_digest = reader.text();
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    reader.expect_array(2);
    std::string key{reader.text()};
    std::string value{reader.text()};
    header.settings.emplace_back(std::move(key), std::move(value));
  }
  if (!reader.finished()) return std::nullopt;
  return header;
}

std::optional<Gap> decode_gap(std::string_view payload) {
  MsgpackReader reader(payload);
  reader.expect_array(3);
  if (reader.unsigned_integer() != static_cast<std::uint64_t>(RecordKind::gap)) {
    return std::nullopt;
  }
  Gap gap;
  gap.records = reader.unsigned_integer();
  gap.reason = reader.text();
  if (!reader.finished()) return std::nullopt;
  return gap;
}

Look look_at_record(std::string_view bytes, bool whole) noexcept {
  using enum Look::Found;
  if (bytes.empty()) return {whole ? end : need_more, {}, 0};
  if (bytes.size() < frame_bytes) return {whole ? torn : need_more, {}, 0};
  const std::uint32_t length = get_u32(bytes.data());
  if (length == 0 || length > largest_payload) {
    if (!all_zero(bytes)) return {corrupt, {}, 0};
    return {whole ? torn : need_more, {}, 0};
  }
  const std::size_t size = frame_bytes + length;
  if (bytes.size() < size) return {whole ? torn : need_more, {}, size};
  const std::string_view payload = bytes.substr(frame_bytes, length);
  if (crc32c(payload, crc32c(bytes.substr(0, 4))) == get_u32(bytes.data() + 4)) {
    return {record, payload, size};
  }
  if (!ends_in_zeros(bytes, size)) return {corrupt, {}, size};
  return {whole ? torn : need_more, {}, size};
}

Look::Found look_at_prologue(std::string_view bytes, std::uint32_t& version) noexcept {
  using enum Look::Found;
  if (bytes.size() < prologue_bytes) {
    const bool may_be = all_zero(bytes) || bytes.starts_with(magic.substr(0, bytes.size())) ||
                        magic == bytes.substr(0, magic.size());
    return may_be ? torn : not_a_journal;
  }
  if (all_zero(bytes)) return torn;
  if (!bytes.starts_with(magic)) return not_a_journal;
  if (crc32c(bytes.substr(0, 12)) != get_u32(bytes.data() + 12)) return corrupt;
  version = get_u32(bytes.data() + 8);
  return record;
}

}  // namespace hts::journal
