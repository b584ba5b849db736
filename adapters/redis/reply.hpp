#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

struct redisReply;

namespace hts::redis {

/// What the server answered, or an element of it; a view that lives as long as its `Reply`. A
/// question that does not fit the kind of answer gives nothing (empty, zero), as missing ones do.
class ReplyView {
 public:
  explicit ReplyView(const redisReply* reply) noexcept : reply_(reply) {}

  [[nodiscard]] bool is_error() const noexcept;
  [[nodiscard]] bool is_nil() const noexcept;
  [[nodiscard]] bool is_array() const noexcept;
  /// Of a text, a status or an error.
  [[nodiscard]] std::string_view text() const noexcept;
  /// Of an integer, or of a text that is one.
  [[nodiscard]] std::int64_t integer() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] ReplyView operator[](std::size_t index) const noexcept;

 private:
  const redisReply* reply_;
};

class Reply {
 public:
  explicit Reply(redisReply* reply) noexcept : reply_(reply) {}
  [[nodiscard]] ReplyView view() const noexcept { return ReplyView(reply_.get()); }

 private:
  struct Free {
    void operator()(redisReply* reply) const noexcept;
  };
  std::unique_ptr<redisReply, Free> reply_;
};

}  // namespace hts::redis
