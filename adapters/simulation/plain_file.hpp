#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/simulation/byte_hash.hpp"
#include "engine/result/result.hpp"

/// Files of values one after the other, with a checksum at the end: what stands in for Parquet in a
/// simulation. Written in small blocks, so that a power failure finds many places.
namespace hts::simulation {

/// Writes a new file, not synced. After an error every further call gives the same error.
class PlainWriter {
 public:
  PlainWriter(disk::Disk& disk, const std::filesystem::path& path);

  void put(std::span<const std::byte> bytes);
  void put(std::uint64_t value) { put(std::as_bytes(std::span{&value, 1})); }
  void put(std::string_view text) {
    put(std::uint64_t{text.size()});
    put(std::as_bytes(std::span{text}));
  }
  template <class T>
  void put(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(std::uint64_t{values.size()});
    put(std::as_bytes(values));
  }
  /// The checksum, after which the file is whole.
  [[nodiscard]] result::Status finish();

 private:
  void write_block();

  std::unique_ptr<disk::File> file_;
  std::optional<result::Error> error_;
  std::uint64_t written_ = 0;
  std::vector<std::byte> waiting_;
  ByteHash hash_;
};

/// Takes values in the order in which they were put. What does not fit gives empty values and
/// makes `is_sound` false.
class PlainReader {
 public:
  /// Error: storage, naming the file, when it cannot be read or its checksum is wrong.
  [[nodiscard]] static result::Result<PlainReader> open(disk::Disk& disk,
                                                        const std::filesystem::path& path);

  [[nodiscard]] std::uint64_t number();
  [[nodiscard]] std::string text();
  template <class T>
  [[nodiscard]] std::vector<T> values() {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::uint64_t count = number();
    const auto bytes = take(count, sizeof(T));
    std::vector<T> taken(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(taken.data(), bytes.data(), bytes.size());
    return taken;
  }
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }

 private:
  explicit PlainReader(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::span<const std::byte> take(std::uint64_t count, std::size_t size);

  std::string text_;  ///< without the checksum
  std::size_t next_ = 0;
  bool is_sound_ = true;
};

}  // namespace hts::simulation
