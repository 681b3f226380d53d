using System.Text.Json.Nodes;

namespace Ansatz;

/// <summary>What a study may be told besides its objective, optimizer, budget and seed.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
public sealed record StudyOptions<T>
{
    /// <summary>The study's name in its journal; without one, the journal's file name.</summary>
    public string? Name { get; init; }

    /// <summary>The series that the study belongs to: the ledger counts the judgements of one series as one. See <see cref="Ansatz.Series"/>.</summary>
    public string? Series { get; init; }

    /// <summary>What the search has to beat; without a list, what the open part suggests.</summary>
    public IReadOnlyList<Arm<T>>? Controls { get; init; }

    /// <summary>How many asks run at once. Changes the time that a study takes, never its result. Default 1.</summary>
    public int Workers
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Workers));
            field = value;
        }
    } = 1;

    /// <summary>How many calls of a proposer run at once, where they are independent; none: as many as <see cref="Workers"/>. Changes the time that a study takes, never its result.</summary>
    public int? CallWorkers
    {
        get;
        init
        {
            if (value is { } count)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
            }

            field = value;
        }
    }

    /// <summary>Over how many seeds the verdict is, where the objective has no test items: each arm runs once a seed, from the study's seed upwards. Default 10.</summary>
    public int Seeds
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2, nameof(Seeds));
            field = value;
        }
    } = 10;

    /// <summary>Whether a search goes on although every answer was rejected so far, or its proposer replied nothing that can be tried. Otherwise it pauses after the first blocks or replies, before the test items are spent on it.</summary>
    public bool AllowRejected { get; init; }

    /// <summary>What the whole study may spend, alone or with others that share it; none: no limit but each arm's <see cref="Budget"/>. Changes no result, so it is not compared on resume.</summary>
    public Purse? Purse { get; init; }

    /// <summary>What a face wants to find again when it opens the study later (the user's study file). Compared on resume like every setting.</summary>
    public JsonObject? Description { get; init; }

    /// <summary>What belongs to <see cref="Description"/> and may differ from run to run, since it decides nothing of a history: how a model is called, which variable holds its key. Laid over the description; that of the last run is kept.</summary>
    public JsonObject? Circumstances { get; init; }

    /// <summary>The clock of journal rows. Never part of a history.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
