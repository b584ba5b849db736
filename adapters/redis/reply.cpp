#include "adapters/redis/reply.hpp"

#include <charconv>

#include <hiredis/hiredis.h>

namespace hts::redis {

bool ReplyView::is_error() const noexcept {
  return reply_ != nullptr && reply_->type == REDIS_REPLY_ERROR;
}

bool ReplyView::is_nil() const noexcept {
  return reply_ == nullptr || reply_->type == REDIS_REPLY_NIL;
}

bool ReplyView::is_array() const noexcept {
  return reply_ != nullptr && reply_->type == REDIS_REPLY_ARRAY;
}

std::string_view ReplyView::text() const noexcept {
  if (reply_ == nullptr || reply_->str == nullptr) return {};
  return {reply_->str, static_cast<std::size_t>(reply_->len)};
}

std::int64_t ReplyView::integer() const noexcept {
  if (reply_ == nullptr) return 0;
  if (reply_->type == REDIS_REPLY_INTEGER) return reply_->integer;
  const std::string_view digits = text();
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::size_t ReplyView::size() const noexcept {
  return is_array() ? reply_->elements : 0;
}

ReplyView ReplyView::operator[](std::size_t index) const noexcept {
  return ReplyView(index < size() ? reply_->element[index] : nullptr);
}

void Reply::Free::operator()(redisReply* reply) const noexcept {
  freeReplyObject(reply);
}

}  // namespace hts::redis
