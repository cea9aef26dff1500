# SPDX-License-Identifier: Apache-2.0
# Makes a text file a C constant: cmake -DIN=schema.sql -DOUT=schema.c -DNAME=server_schema_sql -P embed.cmake
file(STRINGS ${IN} lines)
set(text "")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^ *--.*$|  *-- .*$" "" line "${line}")
  if(NOT line STREQUAL "")
    string(REPLACE "\\" "\\\\" line "${line}")
    string(REPLACE "\"" "\\\"" line "${line}")
    string(APPEND text "    \"${line}\\n\"\n")
  endif()
endforeach()
file(WRITE ${OUT} "/* made from ${IN} */\nextern const char ${NAME}[];\nconst char ${NAME}[] =\n${text}    ;\n")
