"""Kinds of files that hold no prose, or prose in markup that nothing here reads, by their names.

Read as plain text, their code, keys and marks would be repaired as if an author had worded them.
"""

from __future__ import annotations

from pathlib import PurePath

# What such a file is, by the ends of its names, and by whole names.
KINDS = {
    "code": """
        .asm .awk .bash .bat .bst .c .cc .cjs .clj .cls .cmake .cmd .cpp .cs .css .cu .cxx .dart .def .diff
        .do .dtd .dtx .el .eps .erb .erl .ex .exs .f .f77 .f90 .f95 .fish .for .fs .go .gradle .graphql
        .groovy .h .hbs .hh .hpp .hs .ins .j2 .java .jinja .jinja2 .jl .js .jsx .kt .less .lhs .lisp .lua .m
        .mjs .mk .ml .mustache .pas .patch .php .pl .pm .proto .ps .ps1 .py .pyi .pyx .r .rb .rnw .rs .s
        .sas .sass .scala .scm .scss .sed .sh .sps .sql .sty .svelte .swift .tcl .tf .tmpl .ts .tsx .vb .vim
        .vue .wsdl .xsd .xsl .xslt .zig .zsh dockerfile gemfile gnumakefile jenkinsfile makefile rakefile
        snakefile vagrantfile
        """,
    "settings": """
        .bashrc .cfg .cnf .conf .desktop .editorconfig .env .gitattributes .gitignore .ini .json5 .jsonc
        .lock .plist .profile .properties .service .toml .yaml .yml cmakelists.txt constraints.txt
        requirements.txt
        """,
    "records of references": ".bib .ris .enw .nbib .ciw .csl",
    "mail": ".eml .mbox .msg .mht .mhtml",
    "subtitles": ".vtt .srt .sbv .ass .ssa .ttml",
    "a table of words": ".po .pot .xlf .xliff .strings .tmx",
    "data": """
        .arff .atom .bed .cif .dot .drawio .fa .faa .fasta .fastq .fna .fq .gb .gbk .geojson .gff .gff3 .gpx
        .gtf .ics .ipynb .kml .mmd .mol .mol2 .nex .nwk .opml .pdb .puml .rss .sam .sdf .smi .svg .vcf .vcf
        """,
    "markup that is not read": """
        .adoc .asciidoc .creole .fb2 .fodt .man .mediawiki .muse .opf .org .pod .roff .rtf .sgml .t2t .texi
        .texinfo .textile .typ .wiki
        """,
}
BY_NAME = {name: kind for kind, names in KINDS.items() for name in names.split()}


def kind(path: str) -> str:
    """What a file of that name is, where nothing here reads it as prose; nothing where something does.

    >>> kind("analysis/fit.PY"), kind("Makefile"), kind("paper.txt"), kind("notes")
    ('code', 'code', '', '')
    """
    name = PurePath(path).name.lower()
    return BY_NAME.get(name) or BY_NAME.get(PurePath(name).suffix) or ""
