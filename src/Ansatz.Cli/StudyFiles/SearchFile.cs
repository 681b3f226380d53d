using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Ansatz.Programs;
using Ansatz.Prompts;

namespace Ansatz.Cli.StudyFiles;

/// <summary>How to search.</summary>
internal sealed record SearchFile
{
    /// <summary>The most candidates of a search.</summary>
    public const int MostCandidates = 100_000;

    [Description("few-shot-search draws fillings of all open slots; bootstrap-few-shot draws examples that the model answers rightly; grips edits your instruction at random; opro, evoprompt-ga and evoprompt-de let a model propose instructions; gepa lets it reflect on what went wrong; mipro-v2 searches proposed instructions and examples together; fun-search searches programs, and is the default there.")]
    public OptimizerFile Use { get; set; } = OptimizerFile.FewShotSearch;

    [Description("How many candidates are tried. For mipro-v2 see size.")]
    [Range(1, MostCandidates), Example("48")]
    public int Candidates { get; set; } = 48;

    [Description("For fun-search: how many programs are proposed. Default: 8000.")]
    [Range(1, 1_000_000_000), Example("8000")]
    public int? Evaluations { get; set; }

    [Description("For fun-search: how many programs are asked for at once, each without the answers of the others; 1 is sequential. Default: 4.")]
    [Range(1, 1000), Example("4")]
    public int? Window { get; set; }

    [Description("For fun-search: populations that evolve apart; the worse half ends again and again, until one is left. Default: one for each 500 evaluations, at most 8.")]
    [Range(1, 1000), Example("4")]
    public int? Islands { get; set; }

    [Description("For fun-search: how many programs are proposed for one draw of parents. Default: 1; the paper's is 4.")]
    [Range(1, 1000), Example("4")]
    public int? SamplesPerPrompt { get; set; }

    [Description("For fun-search: how many programs, the best on train so far, run on all validation items. Default: 10.")]
    [Range(1, 100_000), Example("10")]
    public int? Finalists { get; set; }

    [Description("For fun-search: how programs are kept and parents are drawn, where that differs from the usual. The paper's choices are { \"preset\": \"reference\" }.")]
    [Example("{ \"preset\": \"reference\" }")]
    public DatabaseFile? Database { get; set; }

    [Description("For fun-search: scoring in stages. Who does not do well on the first train inputs, which should be the cheapest, is dropped before it costs more. Default: every program runs on all of them.")]
    [Example("{ \"stages\": [1, 3] }")]
    public CascadeFile? Cascade { get; set; }

    [Description("For fun-search with a proposer: whether the grammar writes programs too. Who is asked next is whoever improved programs more for less. Default: false, the model alone.")]
    public bool? Mix { get; set; }

    [Description("For fun-search with mix: what a call of the proposer costs, in evaluations: its time or price by those of an evaluation. Default: 20.")]
    [Range(0, 1_000_000_000), Example("20")]
    public decimal? CallCost { get; set; }

    [Description("For few-shot-search: whether a race on the validation items chooses among all candidates, instead of training items first. It takes fewer rollouts, so more candidates can be tried.")]
    public bool? Race { get; set; }

    [Description("For opro: its settings, where they differ from the paper's. COPRO is { \"steps\": 3, \"perStep\": 10, \"shown\": 10, \"exemplars\": 0, \"temperature\": 1.4 }.")]
    [Example("{ \"shown\": 8 }")]
    public OproFile? Opro { get; set; }

    [Description("For mipro-v2: how much is tried: 9 or 10, 18 or 27 trials on one prompt, more on several (--dry-run says how many). Default: light.")]
    public SizeFile? Size { get; set; }

    [Description("For searches with a proposer: how it is asked. chat for chat models, tuned for models tuned on single instructions, pretrained for plain language models; for programs also diff, for edits of the last version.")]
    public LayoutFile? Layout { get; set; }

    [Description("For searches with a proposer: the model that proposes. Default: the one that answers; for programs no model at all, but a grammar.")]
    [Example("\"embedded\"")]
    [JsonConverter(typeof(ModelFileConverter))]
    public ModelFile? Proposer { get; set; }

    [Description("Most rollouts (a candidate on one item) that the search may spend. Default: no limit but the candidates.")]
    [Range(1, 1_000_000_000_000), Example("5000")]
    public long? Rollouts { get; set; }

    [Description("Most calls of a model that the search may make. Default: no limit.")]
    [Range(1, 1_000_000_000_000), Example("5000")]
    public long? Calls { get; set; }

    [Description("Most tokens, sent and written, that the search may spend. Default: no limit.")]
    [Range(1, 1_000_000_000_000_000), Example("2000000")]
    public long? Tokens { get; set; }

    [Description("Most money that the search may spend, and each of its controls; the price of its models must be known. What the whole study may spend is said beside the search. Default: no limit.")]
    [Range(0, 1_000_000_000), Example("2.50")]
    public decimal? Money { get; set; }

    [Description("Most minutes that the search may take on the clock, over all its runs. Default: no limit.")]
    [Range(1, 1_000_000), Example("60")]
    public int? Minutes { get; set; }

    [Description("Most candidates in a row without one that is better than all before, on the validation items or on the train items; then nothing new is tried, and the best of what there is is chosen. Default: no limit.")]
    [Range(1, 1_000_000), Example("20")]
    public int? Plateau { get; set; }
}

/// <summary>The database of programs.</summary>
internal sealed record DatabaseFile
{
    [Description("What the other settings are where nothing is said of them. usual goes by search.evaluations; reference makes the choices of the paper's published code: ten islands, raw scores, of which the last input's counts, and no limit to a cluster or an island; its resets come by the clock, so say resetEvery. Default: usual.")]
    public DatabasePreset? Preset { get; set; }

    [Description("How many programs a proposer is shown. Default: 2.")]
    [Range(1, 100), Example("2")]
    public int? Shown { get; set; }

    [Description("T0, the temperature at which clusters are drawn at first. Default: 1 in units of the scores' spread; reference: 0.1 of a score.")]
    [Range(0.000_001, 1_000_000), Example("0.1")]
    public decimal? Temperature { get; set; }

    [Description("Whether the temperature counts in units of the scores' spread on an island. Default: true; reference: false.")]
    public bool? ScalesTemperature { get; set; }

    [Description("After how many programs on an island the temperature, having fallen towards 0, begins again. Default: a little more than the last island will have, or with resetEvery than an island has until the end; reference: 30000.")]
    [Range(1, 1_000_000_000), Example("30000")]
    public int? Period { get; set; }

    [Description("How many of an island's best clusters are chosen from by their scores on single inputs (epsilon-lexicase), before the temperature draws among those that no input tells apart; 0: the temperature alone draws, of all. Default: 100; reference: 0.")]
    [Range(0, 1_000_000), Example("100")]
    public int? LexicasePool { get; set; }

    [Description("The temperature of the preference for short programs in a cluster. Default: 1.")]
    [Range(0.000_001, 1_000_000_000), Example("1")]
    public decimal? LengthTemperature { get; set; }

    [Description("How scores on several inputs become one. Default: mean; reference: last, the last input's.")]
    public ScoreReduction? Reduction { get; set; }

    [Description("Significant digits by which scores are told apart; 0: all. Default: 12; reference: 0.")]
    [Range(0, 16), Example("12")]
    public int? SignatureDigits { get; set; }

    [Description("Most programs in a cluster; 0: no limit. Default: 100; reference: 0.")]
    [Range(0, 1_000_000_000), Example("100")]
    public int? ClusterCapacity { get; set; }

    [Description("Most clusters of an island; where there would be more, those with the worst scores go; 0: no limit. Default: 0, and 10000 in a search of more than 20000 evaluations; reference: 0.")]
    [Range(0, 1_000_000_000), Example("10000")]
    public int? IslandCapacity { get; set; }

    [Description("After how many registered programs the worse half of the islands begins again from the better half; 0: never. Default: 0.")]
    [Range(0, 1_000_000_000), Example("2000")]
    public int? ResetEvery { get; set; }

    [Description("After how many proposals the worse half of the islands ends, until one is left; 0: never. Default: so that the last island has a quarter of the search, with eight; reference, and with resetEvery: 0.")]
    [Range(0, 1_000_000_000), Example("2000")]
    public int? HalveEvery { get; set; }
}

/// <summary>What a database's settings are where nothing is said.</summary>
internal enum DatabasePreset
{
    Usual,
    Reference,
}

/// <summary>Scoring in stages.</summary>
internal sealed record CascadeFile
{
    [Description("After how many train inputs a program has to have done well, ascending.")]
    [Example("[1, 3]")]
    public required List<int> Stages { get; set; }

    [Description("Which share of the programs passes a stage: those whose mean is not below that quantile of the programs that came to it before; the first twenty all. Default: 0.5, the better half.")]
    [Range(0.01, 0.99), Example("0.5")]
    public decimal? Share { get; set; }
}

/// <summary>OPRO's settings.</summary>
internal sealed record OproFile
{
    [Description("How often the proposer is asked with new scores. Default: as many as the candidates need.")]
    [Range(1, 100_000), Example("20")]
    public int? Steps { get; set; }

    [Description("How many instructions a step proposes. Default: 8.")]
    [Range(1, 1000), Example("8")]
    public int? PerStep { get; set; }

    [Description("How many of the best instructions so far the proposer is shown; 0 hides all. Default: 20.")]
    [Range(0, 1000), Example("20")]
    public int? Shown { get; set; }

    [Description("In which order it is shown them. Default: ascending, the best last.")]
    public HistoryOrder? Order { get; set; }

    [Description("How it is shown their scores. Default: points, 0 to 100.")]
    public ScoreDisplay? Display { get; set; }

    [Description("Instructions with a lower score on train, 0 to 1, are not shown. Default: 0.")]
    [Range(0, 1), Example("0.3")]
    public decimal? MinScoreShown { get; set; }

    [Description("How many train items it is shown with their answers; none with the layout pretrained. Default: 3.")]
    [Range(0, 1000), Example("3")]
    public int? Exemplars { get; set; }

    [Description("Which train items it is shown. Default: random, drawn anew each step.")]
    public ExemplarChoice? ExemplarChoice { get; set; }

    [Description("The proposer's temperature at the first step. Default: 1.")]
    [Range(0, 2), Example("1")]
    public decimal? Temperature { get; set; }

    [Description("Towards which the temperature moves, in a straight line. Default: it stays.")]
    [Range(0, 2), Example("0.5")]
    public decimal? FinalTemperature { get; set; }
}

/// <summary>The optimizers by their names in a study file.</summary>
internal enum OptimizerFile
{
    FewShotSearch,
    Opro,
    BootstrapFewShot,
    Grips,
    EvopromptGa,
    EvopromptDe,
    Gepa,
    MiproV2,
    FunSearch,
}

/// <summary>How much MIPROv2 tries.</summary>
internal enum SizeFile
{
    Light,
    Medium,
    Heavy,
}

/// <summary>How a proposer is asked.</summary>
internal enum LayoutFile
{
    Chat,
    Tuned,
    Pretrained,
    Diff,
}
