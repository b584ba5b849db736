#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/runtime/reply.hpp"

/// What an actor takes, as a list of types.
///
/// A message is a plain struct that moves and dies without throwing; it is stored inline in the
/// mailbox, so what is big belongs behind a pointer (`std::shared_ptr<const Run>`). A question is
/// `Request<Query>`, where `Query` names its answer: `using Reply = X;`.
namespace hts::runtime {

template <class... Messages>
struct Protocol {};

/// A question and the one-shot way to answer it. The handler may keep the request (move it away)
/// and answer in a later turn; see ReplyTo for what happens if nobody answers.
template <class Query>
struct Request {
  Query query;
  ReplyTo<typename Query::Reply> reply;
};

namespace detail {

template <class M, class... Messages>
consteval std::size_t index_in() {
  std::size_t index = 0;
  const bool found = ((std::is_same_v<M, Messages> ? true : (++index, false)) || ...);
  return found ? index : sizeof...(Messages);
}

/// The name of a type as the compiler prints it, for dead letters and traces.
template <class T>
constexpr std::string_view type_name() noexcept {
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view marker = "T = ";
  constexpr std::size_t begin = text.find(marker) + marker.size();
  constexpr std::size_t semicolon = text.find(';', begin);
  constexpr std::size_t end = semicolon == std::string_view::npos ? text.rfind(']') : semicolon;
  return text.substr(begin, end - begin);
}

template <class P>
struct ProtocolTraits;

template <class... Messages>
struct ProtocolTraits<Protocol<Messages...>> {
  static_assert((std::is_nothrow_move_constructible_v<Messages> && ...),
                "a message must move without throwing: it is moved into a mailbox slot");
  static_assert((std::is_nothrow_destructible_v<Messages> && ...),
                "a message must be destroyed without throwing");
  static_assert(((sizeof(Messages) <= 1024) && ...),
                "a message is stored inline in every slot: put what is big behind a pointer");

  static constexpr std::size_t count = sizeof...(Messages);
  static constexpr std::size_t size = std::max({std::size_t{1}, sizeof(Messages)...});
  static constexpr std::size_t alignment = std::max({std::size_t{1}, alignof(Messages)...});

  template <class M>
  static constexpr bool takes = (std::is_same_v<M, Messages> || ...);
  template <class M>
  static constexpr std::uint32_t index = static_cast<std::uint32_t>(index_in<M, Messages...>());

  /// Calls f with the message of that index stored at `storage`.
  template <class F>
  static void visit(std::uint32_t type, void* storage, F&& f) {
    (void)((type == index<Messages> ? (f(*static_cast<Messages*>(storage)), true) : false) || ...);
  }

  [[nodiscard]] static std::size_t size_of(std::uint32_t type) noexcept {
    std::size_t bytes = 0;
    ((type == index<Messages> ? (void)(bytes = sizeof(Messages)) : (void)0), ...);
    return bytes;
  }

  [[nodiscard]] static std::string_view name(std::uint32_t type) noexcept {
    std::string_view found = "?";
    ((type == index<Messages> ? (void)(found = type_name<Messages>()) : (void)0), ...);
    return found;
  }
};

}  // namespace detail

/// True when an actor of protocol P takes messages of type M.
template <class P, class M>
concept Takes = detail::ProtocolTraits<P>::template takes<std::remove_cvref_t<M>>;

}  // namespace hts::runtime
