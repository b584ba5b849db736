#include "engine/json/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace hts::json {

void write_value(Writer& writer, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return writer.value(nullptr);
    case boost::json::kind::bool_:
      return writer.value(value.get_bool());
    case boost::json::kind::int64:
      return writer.value(value.get_int64());
    case boost::json::kind::uint64:
      return writer.value(value.get_uint64());
    case boost::json::kind::double_:
      return writer.value(value.get_double());
    case boost::json::kind::string:
      return writer.value(std::string_view{value.get_string().data(), value.get_string().size()});
    case boost::json::kind::array:
      writer.begin_array();
      for (const auto& element : value.get_array()) write_value(writer, element);
      return writer.end_array();
    case boost::json::kind::object:
      writer.begin_object();
      for (const auto& member : value.get_object()) {
        writer.key({member.key().data(), member.key().size()});
        write_value(writer, member.value());
      }
      return writer.end_object();
  }
}

std::string to_text(const boost::json::value& value, Layout layout) {
  std::string text;
  Writer writer{text, layout};
  write_value(writer, value);
  return text;
}

}  // namespace hts::json
