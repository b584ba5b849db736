#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/journal/codec.hpp"
#include "engine/runtime/port_calls.hpp"

/// How a call of a store becomes part of the journal.
namespace hts::journal {

inline result::Error other_call() {
  return result::make_error(result::ErrorCode::internal,
                            "The replay called a port otherwise than the record.");
}

/// The arguments of a call, each value in turn.
class Arguments {
 public:
  template <class T>
  Arguments& add(const T& value) {
    MsgpackWriter writer(bytes_);
    write(writer, value);
    return *this;
  }
  Arguments& number(std::uint64_t value) {
    MsgpackWriter(bytes_).unsigned_integer(value);
    return *this;
  }
  Arguments& flag(bool value) {
    MsgpackWriter(bytes_).boolean(value);
    return *this;
  }
  Arguments& at(time::Timestamp time) {
    MsgpackWriter(bytes_).integer(time.time_since_epoch().count());
    return *this;
  }
  Arguments& times(time::TimeRange range) {
    MsgpackWriter writer(bytes_);
    writer.integer(range.begin.time_since_epoch().count());
    writer.integer(range.end.time_since_epoch().count());
    return *this;
  }
  /// Encoded only if somebody wants to know.
  [[nodiscard]] std::string take() { return clipped(std::move(bytes_)); }

 private:
  std::string bytes_;
};

/// Calls, and notes it, or answers from the notes. `arguments` fills in an Arguments.
template <class T, class Fill, class Call>
result::Result<T> through(std::string_view name, Fill&& fill, Call&& call) {
  using runtime::PortCalls;
  PortCalls* calls = PortCalls::current();
  if (calls == nullptr) return call();
  Arguments arguments;
  fill(arguments);
  std::string bytes = arguments.take();
  if (calls->mode() == PortCalls::Mode::replay) {
    const auto answer = calls->answer(name, bytes);
    if (!answer) return other_call();
    auto result = decode_result<T>(*answer);
    return result ? std::move(*result) : other_call();
  }
  result::Result<T> result = call();
  calls->add({std::string(name), std::move(bytes), encode_result(result)});
  return result;
}

inline constexpr auto no_arguments = [](Arguments&) {};

}  // namespace hts::journal
