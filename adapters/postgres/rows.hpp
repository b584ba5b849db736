#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/time/timestamp.hpp"

namespace hts::postgres {

/// What a statement gave back: cells as the server writes them. Rows and columns count from 0 and
/// must be there.
class Rows {
 public:
  Rows() = default;
  Rows(std::size_t columns, std::uint64_t affected) : columns_(columns), affected_(affected) {}

  void add(std::optional<std::string> cell) { cells_.push_back(std::move(cell)); }

  [[nodiscard]] std::size_t size() const noexcept {
    return columns_ == 0 ? 0 : cells_.size() / columns_;
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// Rows that an INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::uint64_t affected() const noexcept { return affected_; }

  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const;
  [[nodiscard]] const std::string& text(std::size_t row, std::size_t column) const;  ///< "": null
  [[nodiscard]] std::int64_t integer(std::size_t row, std::size_t column) const;     ///< 0: null
  [[nodiscard]] double number(std::size_t row, std::size_t column) const;            ///< NaN: null
  [[nodiscard]] bool flag(std::size_t row, std::size_t column) const;  ///< false: null
  /// Of a column with milliseconds since 1970.
  [[nodiscard]] time::Timestamp timestamp(std::size_t row, std::size_t column) const;

  /// The statement may have run twice: its first answer was lost.
  bool is_repeated = false;

 private:
  std::size_t columns_ = 0;
  std::uint64_t affected_ = 0;
  std::vector<std::optional<std::string>> cells_;
};

}  // namespace hts::postgres
