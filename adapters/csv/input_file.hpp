#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "engine/result/result.hpp"

namespace hts::csv {

/// A file opened for one pass from front to back. Move-only, one thread.
class InputFile {
 public:
  /// Errors: not_found, or storage when it is a directory or may not be read.
  [[nodiscard]] static result::Result<InputFile> open(const std::filesystem::path& path);

  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  /// Fills `into` from the front; fewer bytes only at the end of the file.
  [[nodiscard]] result::Result<std::size_t> read(std::span<char> into);

  /// The path as it was given, for messages.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Bytes at the time of opening; 0 when unknown (a pipe).
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }

 private:
  InputFile(int descriptor, std::string name, std::uint64_t size)
      : descriptor_(descriptor), name_(std::move(name)), size_(size) {}

  int descriptor_;
  std::string name_;
  std::uint64_t size_;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace hts::csv
