#pragma once

#include <string>
#include <utility>
#include <variant>

/// Errors as values. Every boundary (port, adapter, parser, actor) returns a `Result<T>`;
/// exceptions never cross one.
///
/// An `Error` is written for the person who reads it: a code that decides the HTTP status or the
/// exit status, one sentence that says what is wrong and what to do, and the field, file or line
/// that it is about.
namespace hts::result {

enum class ErrorCode {
  malformed,       ///< the input cannot be parsed at all: HTTP 400
  unknown_symbol,  ///< a trading symbol that nobody has data for: HTTP 400
  invalid,         ///< parsed, but a value is not allowed: HTTP 422
  not_found,       ///< the thing asked for is not there: HTTP 404
  too_large,       ///< over a stated limit: HTTP 413
  conflict,        ///< not possible in the present state: HTTP 409
  unavailable,     ///< overloaded or shutting down, try again: HTTP 503
  timed_out,       ///< no answer before the deadline: HTTP 504
  cancelled,       ///< somebody asked for it to stop
  storage,         ///< disk or database refused: HTTP 500
  network,         ///< a remote system failed or cannot be reached
  internal,        ///< our own mistake: HTTP 500
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  ///< a whole sentence for people, with the next step
  std::string field;    ///< "params.volume_window", "candles.csv:17", ... or empty
};

/// A value or an Error. Must be looked at.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  /// The value. Requires ok().
  [[nodiscard]] T& value() & { return *std::get_if<0>(&content_); }
  [[nodiscard]] const T& value() const& { return *std::get_if<0>(&content_); }
  [[nodiscard]] T&& value() && { return std::move(*std::get_if<0>(&content_)); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return std::get_if<0>(&content_); }
  [[nodiscard]] const T* operator->() const { return std::get_if<0>(&content_); }

  /// The error. Requires !ok().
  [[nodiscard]] const Error& error() const& { return *std::get_if<1>(&content_); }
  [[nodiscard]] Error&& error() && { return std::move(*std::get_if<1>(&content_)); }

 private:
  std::variant<T, Error> content_;
};

/// Success without a value.
struct Nothing {
  friend bool operator==(Nothing, Nothing) = default;
};

using Status = Result<Nothing>;

[[nodiscard]] inline Status success() {
  return Nothing{};
}

[[nodiscard]] inline Error make_error(ErrorCode code, std::string message, std::string field = {}) {
  return Error{code, std::move(message), std::move(field)};
}

}  // namespace hts::result
