using Ansatz.Language;

namespace Ansatz.LocalModels.Tests;

public sealed class BlockScoringTests(LoadedModels models)
{
    private const string Prefix = "Sort each message.\nMessage: ";

    private static readonly string[] s_items = [.. Reference.Sentences.Take(10).Select(static s => s + "\nKind:")];
    private static readonly string[] s_labels = [" travel", " kitchen and dining", " banking", " small talk"];

    private readonly EmbeddedModel _model = models.Small;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ScoreAsync_SameBlockAfterOthers_SameBits()
    {
        ContinuationScores alone = await _model.ScoreAsync(Prefix, s_items, s_labels, firstTokenOnly: false, Cancel);
        await _model.ScoreAsync("Another, longer prefix, left in the cache: ", s_items[..7], s_labels, firstTokenOnly: true, Cancel);
        await _model.CompleteAsync("And a text that goes on", new() { MaxTokens = 5 }, Cancel);
        ContinuationScores again = await _model.ScoreAsync(Prefix, s_items, s_labels, firstTokenOnly: false, Cancel);
        AssertSameBits(alone, again);
    }

    [Fact]
    public async Task ScoreAsync_AnotherInstanceWithTwoThreads_SameBits()
    {
        using EmbeddedModel other = EmbeddedModel.Load(new() { ContextTokens = 512, BatchItems = 4, Threads = 2 });
        AssertSameBits(
            await _model.ScoreAsync(Prefix, s_items[..5], s_labels, firstTokenOnly: true, Cancel),
            await other.ScoreAsync(Prefix, s_items[..5], s_labels, firstTokenOnly: true, Cancel));
    }

    [Fact]
    public async Task ScoreAsync_AnotherProcess_SameBits() =>
        Assert.Equal(ChildProcess.BitsOf(await ChildProcess.ScoreBlockAsync(models.Requantized)), await ChildProcess.ComputeAsync(ChildProcess.BitsOfBlock, Cancel));

    [Fact]
    public async Task ScoreAsync_FirstTokenOnly_BitsOfTheFirstTokens()
    {
        string[] oneToken = [" travel", " banking"];
        AssertSameBits(
            await _model.ScoreAsync(Prefix, s_items, oneToken, firstTokenOnly: false, Cancel),
            await _model.ScoreAsync(Prefix, s_items, oneToken, firstTokenOnly: true, Cancel));
    }

    [Fact]
    public async Task ScoreAsync_ManyCallsAtOnce_EachAsAlone()
    {
        ContinuationScores alone = await _model.ScoreAsync(Prefix, s_items[..5], s_labels, firstTokenOnly: true, Cancel);
        ContinuationScores[] together = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 2 == 0
            ? _model.ScoreAsync(Prefix, s_items[..5], s_labels, firstTokenOnly: true, Cancel)
            : _model.ScoreAsync("Other: ", s_items[5..9], s_labels, firstTokenOnly: true, Cancel)));
        AssertSameBits(alone, together[0]);
        AssertSameBits(alone, together[2]);
        AssertSameBits(alone, together[4]);
    }

    [Fact]
    public async Task ScoreAsync_Batched_CloseToEachByItself()
    {
        ContinuationScores block = await _model.ScoreAsync(Prefix, s_items[..8], s_labels, firstTokenOnly: false, Cancel);
        for (int i = 0; i < 8; i++)
        {
            ContinuationScores alone = await _model.ScoreAsync("", [Prefix + s_items[i]], s_labels, firstTokenOnly: false, Cancel);
            Assert.Equal(alone.PromptTokens[0], block.PromptTokens[i]);
            for (int k = 0; k < s_labels.Length; k++)
            {
                Assert.InRange(block.LogProbabilities[i][k] - alone.LogProbabilities[0][k], -1.5, 1.5); // 8-bit activations, up to three tokens
            }
        }
    }

    [Fact]
    public async Task ScoreAsync_PrefixEndsInsideAToken_TokensOfTheWholeText()
    {
        // " cap" + "ital of France is" is not how the text is cut into tokens.
        ContinuationScores split = await _model.ScoreAsync("The cap", ["ital of France is", "ital of Italy is"], [" Paris", " Rome"], firstTokenOnly: false, Cancel);
        Assert.Equal(_model.Tokenize("The capital of France is").Length, split.PromptTokens[0]);
        Assert.True(split.LogProbabilities[0][0] > split.LogProbabilities[0][1]);
        Assert.True(split.LogProbabilities[1][1] > split.LogProbabilities[1][0]);
        Assert.InRange(split.LogProbabilities[0][0], -0.8, 0);
    }

    [Fact]
    public async Task ScoreAsync_ItemsTogetherLongerThanTheContext_InSmallerBatches()
    {
        string prefix = string.Concat(Enumerable.Repeat("The weather is fine today. ", 30));
        string[] items = [.. Enumerable.Range(0, 4).Select(i => string.Concat(Enumerable.Repeat($"Line {i}. ", 35)))];
        ContinuationScores scores = await _model.ScoreAsync(prefix, items, [" The", " Line"], firstTokenOnly: true, Cancel);
        Assert.True(scores.PromptTokens.Sum() > 2 * _model.ContextTokens);
        ContinuationScores alone = await _model.ScoreAsync("", [prefix + items[3]], [" The", " Line"], firstTokenOnly: true, Cancel);
        Assert.InRange(scores.LogProbabilities[3][1] - alone.LogProbabilities[0][1], -0.7, 0.7);
    }

    [Fact]
    public async Task ScoreAsync_PrefixAndItemsBeyondOneCallOfTheEngine_CloseToEachByItself()
    {
        string prefix = string.Concat(Enumerable.Repeat("The weather is fine today. ", 87)); // 522 tokens; a call takes 512
        string[] items = [.. Enumerable.Range(0, 4).Select(i => string.Concat(Enumerable.Repeat($"Line {i}. ", 35)))]; // 560 tokens in one batch
        Assert.InRange(_model.Tokenize(prefix).Length, 513, 600);
        ContinuationScores scores = await models.Requantized.ScoreAsync(prefix, items, [" Line"], firstTokenOnly: true, Cancel);
        ContinuationScores alone = await models.Requantized.ScoreAsync("", [prefix + items[3]], [" Line"], firstTokenOnly: true, Cancel);
        Assert.InRange(scores.LogProbabilities[3][0] - alone.LogProbabilities[0][0], -0.7, 0.7);
    }

    [Fact]
    public async Task ScoreAsync_ItemTooLong_SaysWhichAndHowLong()
    {
        string tooLong = string.Concat(Enumerable.Repeat(" word", 513));
        ContextOverflowException e = await Assert.ThrowsAsync<ContextOverflowException>(
            () => _model.ScoreAsync("", ["short", tooLong], [" a"], firstTokenOnly: true, Cancel));
        Assert.Equal(1, e.Item);
        Assert.Equal(513, e.Tokens);
        Assert.Equal("The text of item 1 has 513 tokens; the model takes 512.", e.Message);
    }

    [Fact]
    public async Task ScoreAsync_TextAtTheVeryLimit_Fits()
    {
        string text = string.Concat(Enumerable.Repeat(" word", 511));
        ContinuationScores scores = await _model.ScoreAsync(text[..500], [text[500..]], [" word word"], firstTokenOnly: false, Cancel);
        Assert.Equal(511, scores.PromptTokens[0]);
        Assert.InRange(scores.LogProbabilities[0][0], -30, 0);
        await Assert.ThrowsAsync<ContextOverflowException>(
            () => _model.ScoreAsync(text[..500], [text[500..]], [" word word word"], firstTokenOnly: false, Cancel));
    }

    [Fact]
    public async Task ScoreAsync_NothingToFollowOrNothingAsked_RefusedOrEmpty()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _model.ScoreAsync("", [""], [" a"], firstTokenOnly: true, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => _model.ScoreAsync("x", ["y"], [""], firstTokenOnly: true, Cancel));
        Assert.Empty((await _model.ScoreAsync("x", [], [" a"], firstTokenOnly: true, Cancel)).LogProbabilities);
        Assert.Empty((await _model.ScoreAsync("x", ["y"], [], firstTokenOnly: true, Cancel)).LogProbabilities[0]);
    }

    [Fact]
    public async Task ScoreAsync_Cancelled_ThrowsAndLeavesTheModelUsable()
    {
        ContinuationScores before = await _model.ScoreAsync(Prefix, s_items[..3], s_labels, firstTokenOnly: true, Cancel);
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<ContinuationScores> running = _model.ScoreAsync(Prefix, s_items, s_labels, firstTokenOnly: false, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        AssertSameBits(before, await _model.ScoreAsync(Prefix, s_items[..3], s_labels, firstTokenOnly: true, Cancel));
    }

    private static void AssertSameBits(ContinuationScores expected, ContinuationScores actual)
    {
        Assert.Equal(expected.PromptTokens, actual.PromptTokens);
        Assert.Equal(
            expected.LogProbabilities.SelectMany(static row => row).Select(BitConverter.DoubleToInt64Bits),
            actual.LogProbabilities.SelectMany(static row => row).Select(BitConverter.DoubleToInt64Bits));
    }
}
