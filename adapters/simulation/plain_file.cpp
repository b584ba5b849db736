#include "adapters/simulation/plain_file.hpp"

#include <cstring>
#include <utility>

#include "adapters/disk/disk_error.hpp"
#include "adapters/disk/durable.hpp"

namespace hts::simulation {

using result::Result;
using result::Status;
namespace fs = std::filesystem;

PlainWriter::PlainWriter(disk::Disk& disk, const fs::path& path) {
  auto file = disk.open(path, disk::OpenMode::write_new);
  if (file) {
    file_ = *std::move(file);
  } else {
    error_ = std::move(file).error();
  }
}

void PlainWriter::put(std::span<const std::byte> bytes) {
  constexpr std::size_t block_size = 1024;
  hash_.add(bytes);
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  if (waiting_.size() >= block_size) write_block();
}

void PlainWriter::write_block() {
  if (error_) return;
  auto written = file_->write_at(written_, waiting_);
  if (!written) error_ = std::move(written).error();
  written_ += waiting_.size();
  waiting_.clear();
}

Status PlainWriter::finish() {
  put(hash_.value());
  write_block();
  if (error_) return *error_;
  return result::success();
}

Result<PlainReader> PlainReader::open(disk::Disk& disk, const fs::path& path) {
  auto text = disk::read_text(disk, path);
  if (!text) return std::move(text).error();
  std::uint64_t checksum = 0;
  const std::size_t size = text->size() - std::min(text->size(), sizeof checksum);
  ByteHash hash;
  hash.add(std::as_bytes(std::span{*text}).first(size));
  if (text->size() >= sizeof checksum) std::memcpy(&checksum, text->data() + size, sizeof checksum);
  if (text->size() < sizeof checksum || checksum != hash.value()) {
    return disk::file_error("Cannot read", path, std::string_view{"its checksum is wrong"},
                            "It is damaged: move it away and make it again.");
  }
  text->resize(size);
  return PlainReader{*std::move(text)};
}

std::span<const std::byte> PlainReader::take(std::uint64_t count, std::size_t size) {
  if (count > (text_.size() - next_) / size) {
    is_sound_ = false;
    return {};
  }
  const auto bytes = std::as_bytes(std::span{text_}).subspan(next_, count * size);
  next_ += bytes.size();
  return bytes;
}

std::uint64_t PlainReader::number() {
  std::uint64_t value = 0;
  const auto bytes = take(1, sizeof value);
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::string PlainReader::text() {
  const auto bytes = take(number(), 1);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace hts::simulation
