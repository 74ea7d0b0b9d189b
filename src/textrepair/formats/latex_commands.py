"""Environments and commands of LaTeX, by what is to be done with what they are given."""

from __future__ import annotations

import re

# Environments, without a star, of which nothing is read: code, formulae, quotations, drawings, references.
VERBATIM = """
    verbatim verbatimtab Verbatim BVerbatim LVerbatim SaveVerbatim VerbatimOut alltt lstlisting minted comment
    filecontents pycode pyconsole sagesilent luacode asy CCSXML spverbatim code tcblisting
    Schunk Sinput Soutput sympycode juliacode pyblock pyverbatim dot2tex gnuplot
    """.split()
OF_CODE = "[A-Za-z]*(?:code|console|shell|terminal|listing|[Vv]erbatim)"  # as authors name their own
NEVER = frozenset(
    """
    equation align alignat aligned flalign gather gathered multline eqnarray displaymath math array
    subequations split cases matrix pmatrix bmatrix vmatrix dmath quote quotation verse displayquote
    displaycquote blockquote thebibliography tikzpicture picture pgfpicture forest algorithm algorithmic
    algorithm2e prooftree tikzcd circuitikz IEEEeqnarray IEEEeqnarraybox empheq numcases subnumcases dcases
    rcases smallmatrix Bmatrix Vmatrix multlined alignedat gatheredat xalignat xxalignat dgroup darray mathpar
    mathletters axis scope feynman chemfig pspicture pgfonlayer otherlanguage epigraphs
    """.split()
)
DISPLAYED = frozenset(
    "quote quotation verse displayquote displaycquote blockquote thebibliography algorithm".split()
)
# Commands that are given prose, and how many braces they are given before it.
PROSE = dict.fromkeys(
    """
    textit textbf textsl textsc textrm textsf textup textmd textnormal emph underline uline mbox hbox
    text sout section subsection subsubsection chapter part paragraph subparagraph caption captionof*
    title subtitle abstract keywords thanks footnote footnotetext endnote marginpar sidenote tablenotes
    highlight hl textsubscript subcaption frametitle framesubtitle centerline lowercase MakeLowercase
    textquotesingle
    """.split(),
    0,
) | {"href": 1, "textcolor": 1, "colorbox": 1, "multicolumn": 2, "multirow": 2, "parbox": 1, "captionof": 1,
     "raisebox": 1, "foreignlanguage": 2, "fcolorbox": 2, "scalebox": 1}  # fmt: skip
BLOCKS = frozenset(
    """
    section subsection subsubsection chapter part paragraph subparagraph caption captionof title
    subtitle abstract keywords marginpar frametitle framesubtitle subcaption
    """.split()
)
TITLED = frozenset("frame block alertblock exampleblock".split())  # environments that are given a title
ASIDE = frozenset(
    "footnote footnotetext thanks endnote sidenote marginnote".split()
)  # read apart, so that the sentence goes on
BREAKS = frozenset(
    """
    item par newline linebreak pagebreak newpage clearpage maketitle tableofcontents hline toprule
    midrule bottomrule centering bibitem smallskip medskip bigskip hfill vfill cline cmidrule vspace
    """.split()
)
# commands that print nothing, or say how what follows looks
SILENT = frozenset(
    """
    em it bf sl sc rm sf tt itshape bfseries slshape scshape rmfamily sffamily upshape mdseries
    normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge noindent indent
    protect relax label index raggedright xspace color allowbreak nobreak nolinebreak nopagebreak
    phantomsection leavevmode hypertarget glsadd nocite todo pdfbookmark zlabel setcounter addtocounter
    """.split()
)
# Such a name says a place, a source, a file or a style, or code. What any other command is given, if it is
# nothing but words beside others, the page shows in their sentence: a term, a gene, an acronym.
KEYED = re.compile(
    "(?i:.*(?:cite|ref|label|bib|input|includ|style|page|mark|font|space|tt|code|file|key|author))"
)
# a mark of a note or a source, which is no part of the sentence where it hangs on a word
RAISED = frozenset("footnotemark textsuperscript tnote cite citep supercite".split())
SYMBOLS = {
    "textasciitilde": "~", "textasciicircum": "^", "textbackslash": "\\", "ldots": "…", "dots": "…",
    "textellipsis": "…", "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "aa": "å", "AA": "Å",
    "l": "ł", "L": "Ł", "i": "ı", "textendash": "–", "textemdash": "—", "LaTeX": "LaTeX", "TeX": "TeX",
    "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”", "S": "§",
    "textmu": "µ", "textdegree": "°", "textregistered": "®", "texttrademark": "™", "quad": " ", "qquad": " ",
    "thinspace": " ", "space": " ",
}  # fmt: skip
